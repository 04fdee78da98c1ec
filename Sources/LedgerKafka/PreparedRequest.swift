public import Ledger
public import Teller

/// A request that is ready to be sent: bytes, place and headers are fixed, so that sending it twice sends the same.
public struct PreparedRequest: Equatable, Sendable {
  /// Key, value and idempotency key.
  public let request: EncodedRequest
  /// The partition that the key hashes to; its outcome comes in the partition of the same number.
  public let partition: Int32
  /// The record's headers; `traceparent` comes back with the outcome.
  public let headers: [RecordHeader]

  /// What the request is known by: wait for the outcome that carries it.
  public var idempotencyKey: IdempotencyKey { request.idempotencyKey }
}

/// Where a request was written.
public struct Receipt: Hashable, Sendable {
  /// The partition.
  public let partition: Int32
  /// The record's offset in it: the outcome's origin.
  public let offset: Int64
}

/// The end of one sending; each has exactly one.
public enum SendResult: Equatable, Sendable {
  /// The broker has it, on all replicas that are in sync.
  case acknowledged(Receipt)
  /// It was certainly not written: the error's code is `failed`, `full`, `closed` or `ended`.
  case failed(SendError)
  /// It may be written: the error's code is `unknown`. Send it again as it is.
  case unknown(SendError)

  init(_ error: SendError) { self = error.mayBeWritten ? .unknown(error) : .failed(error) }

  /// The receipt.
  /// - Throws: the error.
  public func get() throws(SendError) -> Receipt {
    switch self {
    case .acknowledged(let receipt): return receipt
    case .failed(let error), .unknown(let error): throw error
    }
  }
}
