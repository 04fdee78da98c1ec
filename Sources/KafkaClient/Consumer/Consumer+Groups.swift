// Who works in a consumer group, asked from outside of it.

internal import CLibrdkafka

extension Consumer {
  /// How many members of a group have partitions of a topic now, or may be about to get some: those of a group that is
  /// just dividing its partitions. 0 where no broker knows the group.
  ///
  /// Members of Kafka's newer group protocol (KIP-848) are not seen: its groups are described by another request.
  /// Throws `timedOut`, or what a broker answers that knows no such question (the mock).
  public func memberCount(
    of group: String, on topic: String, timeout: Duration
  ) throws(KafkaError) -> Int {
    try client.require { client throws(KafkaError) in
      var list: UnsafePointer<rd_kafka_group_list>?
      try KafkaError.check(unsafe rd_kafka_list_groups(client, group, &list, timeout.milliseconds))
      guard let list = unsafe list else { return 0 }
      defer { unsafe rd_kafka_group_list_destroy(list) }
      var count = 0
      for index in 0..<Int(unsafe list.pointee.group_cnt) {
        let info = unsafe list.pointee.groups[index]
        try KafkaError.check(unsafe info.err)
        unsafe count += Self.members(of: info, on: topic)
      }
      return count
    }
  }

  private static func members(of group: rd_kafka_group_info, on topic: String) -> Int {
    let isStable = unsafe group.state.map { unsafe String(cString: $0) } == "Stable"
    return (0..<Int(unsafe group.member_cnt)).count { index in
      let member = unsafe group.members[index]
      let bytes = unsafe UnsafeRawBufferPointer(
        start: member.member_assignment, count: Int(member.member_assignment_size))
      return unsafe bytes.isEmpty ? !isStable : names(topic, in: bytes.bytes)
    }
  }

  /// Whether an assignment names a topic: its name stands there behind its length, two bytes, highest first.
  static func names(_ topic: String, in assignment: RawSpan) -> Bool {
    let name = Array(topic.utf8)
    let wanted = [UInt8(truncatingIfNeeded: name.count >> 8), UInt8(truncatingIfNeeded: name.count)] + name
    guard assignment.byteCount >= wanted.count else { return false }
    return (0...(assignment.byteCount - wanted.count)).contains { start in
      wanted.indices.allSatisfy { index in
        // Inside the span: start + index < byteCount, by the range above.
        unsafe assignment.unsafeLoad(fromUncheckedByteOffset: start + index, as: UInt8.self) == wanted[index]
      }
    }
  }
}
