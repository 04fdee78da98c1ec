public import Teller

/// The port through which records become requests: JSON is its first adapter, and another format (Avro,
/// Protobuf) is another conforming type that touches neither the ledger nor the engine.
///
/// The contract:
/// - Everything in a record is input: any bytes end in a result, never in a crash.
/// - The result depends on the record alone, so that the same record decodes to the same result again.
/// - Causes take the order of Ledger.docc/Ledger.md: `too_large`, `undecodable`, `invalid_request`, then
///   `misrouted` where the record's key is not `LedgerRequest.keyAccount`, byte by byte. (An absent key and one that
///   hashes to another partition are the engine's to find, after sizes and before it asks.)
/// - A dead result carries the idempotency key where the value has the format and its key is valid.
/// - Reasons are sentences that contain nothing of the record.
///
/// A decoder may keep scratch space, so it belongs to one thread at a time.
public protocol TransferDecoding: ~Copyable, Sendable {
  /// Decodes one record whose value is not null.
  mutating func decode(key: RawSpan, value: RawSpan) -> Decoded<LedgerRequest>
}
