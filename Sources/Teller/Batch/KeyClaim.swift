/// Where in the stream a key was first decided.
public struct Location: Hashable, Sendable {
  /// The log partition, as the database numbers it.
  public let partition: PartitionID
  /// The offset of the record.
  public let offset: Int64

  /// A place in a stream's log.
  public init(partition: PartitionID, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}

/// A key that a batch claims for its effect: the row that makes a repeat harmless.
public struct KeyClaim: Sendable {
  /// The key, with its text where it is a natural one.
  public let key: IdempotencyKey
  /// What the request means.
  public let fingerprint: Fingerprint
  /// The offset at which it is decided.
  public let offset: Int64

  package init(key: IdempotencyKey, fingerprint: Fingerprint, offset: Int64) {
    self.key = key
    self.fingerprint = fingerprint
    self.offset = offset
  }
}

/// A key that had been decided before: by whom, and with what meaning.
public struct KnownKey: Equatable, Sendable {
  /// The meaning under which it was decided.
  public let fingerprint: Fingerprint
  /// Where it was decided.
  public let location: Location

  /// A key's first decision.
  public init(fingerprint: Fingerprint, location: Location) {
    self.fingerprint = fingerprint
    self.location = location
  }
}
