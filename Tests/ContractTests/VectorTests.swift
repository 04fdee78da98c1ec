import Foundation
import KafkaClient
import Ledger
import Teller
import TellerIntegrationKit
import Testing

/// `vectors.json` as it is written.
private struct Vectors: Decodable {
  struct Partitions: Decodable {
    struct Key: Decodable {
      let key: String
      let murmur2: [Int32]
      let crc32: [Int32]
      let fnv1a: [Int32]
    }
    let counts: [Int32]
    let keys: [Key]
  }
  struct NaturalKey: Decodable {
    let topic: String
    let key: String
    let uuid: String
  }
  struct Meaning: Decodable {
    let version: Int16
    let request: String
    let fingerprint: String
  }
  struct Event: Decodable {
    let history: String
    let topic: String
    let incarnation: Int32
    let partition: Int32
    let offset: Int64
    let id: String
  }
  let partitions: Partitions
  let idempotency_keys: [NaturalKey]
  let fingerprints: [Meaning]
  let event_ids: [Event]

  static func read() throws -> Vectors {
    try JSONDecoder().decode(Self.self, from: Data(contentsOf: ContractFiles.file("vectors.json")))
  }
}

@Suite struct `The golden vectors` {
  @Test(.enabled(if: ContractTools.areExpected, "\(ContractTools.missing ?? "")"))
  func `are what an independent program makes of the documents`() throws {
    _ = try ContractTools.python(ContractFiles.file("vectors.py"), ["--check"])
  }

  @Test func `place keys as Teller and librdkafka do`() throws {
    let partitions = try Vectors.read().partitions
    #expect(partitions.keys.count > 30)
    for row in partitions.keys {
      let key = Array(row.key.utf8)
      let placed = [(Partitioner.murmur2, row.murmur2), (.crc32, row.crc32), (.fnv1a, row.fnv1a)]
      for (partitioner, expected) in placed {
        let reference = try #require(ReferencePartitioner(rawValue: partitioner.rawValue))
        let ours = partitions.counts.map { partitioner.partition(key: key.span.bytes, count: $0) }
        #expect(ours == expected, "\(partitioner) of \(row.key)")
        let theirs = partitions.counts.map { reference.partition(key: key, count: $0) }
        #expect(theirs == expected, "librdkafka's \(partitioner) of \(row.key)")
      }
    }
  }

  @Test func `name natural keys as Teller does`() throws {
    for row in try Vectors.read().idempotency_keys {
      #expect(IdempotencyKey(parsing: row.key, topic: row.topic)?.uuidString == row.uuid, "\(row.key)")
    }
  }

  @Test func `digest requests as Teller does`() throws {
    for row in try Vectors.read().fingerprints {
      var decoder = JSONTransferDecoder(topic: "transfers")
      // Which account the record's key is: of no matter to the fingerprint.
      let account = try #require(keyAccount(of: row.request))
      guard
        case .job(_, _, let fingerprint) = decoder.decode(
          key: Array(account.utf8).span.bytes, value: Array(row.request.utf8).span.bytes)
      else {
        Issue.record("dead: \(row.request)")
        continue
      }
      #expect(fingerprint.version == row.version)
      #expect(hexadecimal(fingerprint.bits) == row.fingerprint, "\(row.request)")
    }
  }

  @Test func `name events as Teller does`() throws {
    let rows = try Vectors.read().event_ids
    #expect(rows.count > 10)
    for row in rows {
      let history = try #require(IdempotencyKey(parsing: row.history, topic: ""))
      let bits = EventID.bits(
        history: history.bits, topic: row.topic, incarnation: row.incarnation, partition: row.partition,
        offset: row.offset)
      #expect(IdempotencyKey(bits: bits).uuidString == row.id, "\(row)")
    }
  }

  private func keyAccount(of request: String) -> String? {
    let object = try? JSONSerialization.jsonObject(with: Data(request.utf8)) as? [String: Any]
    return (object?["debit_account"] ?? object?["account"]) as? String
  }
}

private func hexadecimal(_ bits: UInt128) -> String {
  let digits = String(bits, radix: 16)
  return String(repeating: "0", count: 32 - digits.count) + digits
}
