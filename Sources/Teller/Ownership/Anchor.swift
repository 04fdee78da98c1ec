import Digests

/// What the log held at one offset: proof that it is still the same log.
///
/// librdkafka 2.0.2 resumes silently on a recreated, longer topic. The digest of a record that was read before tells.
public struct Anchor: Equatable, Sendable {
  /// The record's offset.
  public let offset: Int64
  /// SHA-256 over the record's key, value and timestamp, length-prefixed, null told from empty.
  public let digest: [UInt8]

  /// An anchor as the database kept it.
  public init(offset: Int64, digest: [UInt8]) {
    self.offset = offset
    self.digest = digest
  }
}

/// The two anchors of a partition: the last record, and a checkpoint kept unchanged for a minute at a time, since the
/// last record alone would soon be one of a new log.
public struct Anchors: Equatable, Sendable {
  /// The last record decided.
  public var last: Anchor?
  /// A record decided up to a minute before.
  public var checkpoint: Anchor?

  /// A partition's anchors.
  public init(last: Anchor? = nil, checkpoint: Anchor? = nil) {
    self.last = last
    self.checkpoint = checkpoint
  }
}

/// Moves the anchors along with the commits. Pure: the time is given.
struct AnchorKeeper: Sendable {
  static let checkpointAge = Duration.seconds(60)
  private(set) var anchors: Anchors
  private var checkpointTaken: Duration
  /// The last record at the latest verification: of the same log as the checkpoint that was found again then.
  private var proved: Anchor?

  /// - Parameter anchors: as a takeover found and verified them.
  init(_ anchors: Anchors, now: Duration) {
    self.anchors = anchors
    self.checkpointTaken = now
    self.proved = anchors.last
  }

  /// The anchors after a batch whose last record is `last` (nil: the batch held no record).
  ///
  /// The checkpoint moves only to a record that a verification covered: 1. the log is replaced unnoticed; 2. a batch of
  /// the new log takes a fresh checkpoint; 3. the next verification would find both anchors in the new log.
  func after(_ last: Anchor?, now: Duration) -> Anchors {
    guard let last else { return anchors }
    var moved = Anchors(last: last, checkpoint: anchors.checkpoint ?? last)
    if now - checkpointTaken >= Self.checkpointAge, let proved { moved.checkpoint = proved }
    return moved
  }

  /// The anchors were found in the log again, or have left it by retention.
  mutating func verified() { proved = anchors.last }

  mutating func committed(_ moved: Anchors, now: Duration) {
    if moved.checkpoint != anchors.checkpoint { checkpointTaken = now }
    anchors = moved
  }
}

extension Anchor {
  /// The anchor of a record: each field with its length in front, -1 for null, so that null differs from empty and no
  /// two records share their bytes.
  public init(offset: Int64, key: [UInt8]?, value: [UInt8]?, timestamp: Int64) {
    var fields: [UInt8] = []
    fields.reserveCapacity((key?.count ?? 0) + (value?.count ?? 0) + 24)
    for field in [key, value] {
      withUnsafeBytes(of: Int64(field?.count ?? -1).bigEndian) { fields.append(contentsOf: $0) }
      fields.append(contentsOf: field ?? [])
    }
    withUnsafeBytes(of: timestamp.bigEndian) { fields.append(contentsOf: $0) }
    self.init(offset: offset, digest: SHA256.digest(of: fields).bytes)
  }
}
