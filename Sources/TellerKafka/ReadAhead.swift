// How much librdkafka may fetch before anybody asks for it.

/// One budget of bytes for a whole process, divided among the topic's partitions: one process may own them all.
struct ReadAhead: Equatable, Sendable {
  /// A small record with what librdkafka adds to it, and with what one answer overshoots, in bytes of resident memory.
  private static let smallRecordBytes = 1_600
  /// librdkafka's own value. It looks at a full queue again only after a second, so a partition that is drained alone
  /// needs a second's work in it.
  private static let messagesMax = 100_000
  /// Under it a broker answers mostly with single batches, and its work a record grows (speed measured at 64 KiB: 70 %).
  private static let fetchBytesMin = 64 << 10
  /// A quarter of librdkafka's own value: what comes in one answer is held in memory at once, unpacked (1 MiB: 25 MB more).
  private static let fetchBytesMax = 256 << 10

  /// `queued.max.messages.kbytes`: fetching a partition stops above it.
  let queuedKilobytes: Int
  /// `queued.min.messages`: fetching a partition stops above it, too.
  let queuedMessages: Int
  /// `fetch.message.max.bytes`: by so much one answer may overshoot. librdkafka doubles it by itself where a
  /// single batch is larger.
  let fetchBytes: Int

  init(bytes: Int, partitions: Int32) {
    let share = max(bytes, 0) / max(Int(partitions), 1)
    // librdkafka's limits: 1 to 2097151 KiB.
    queuedKilobytes = min(max(share >> 10, 1), 2_097_151)
    queuedMessages = min(max(share / Self.smallRecordBytes, 1), Self.messagesMax)
    fetchBytes = min(max(share, Self.fetchBytesMin), Self.fetchBytesMax)
  }

  /// The properties, by librdkafka's names.
  var properties: [String: String] {
    [
      "queued.max.messages.kbytes": String(queuedKilobytes),
      "queued.min.messages": String(queuedMessages),
      "fetch.message.max.bytes": String(fetchBytes),
    ]
  }
}
