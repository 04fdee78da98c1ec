/// Where a stream's first reading begins: chosen once by a person, and recorded.
public enum StartChoice: Equatable, Sendable {
  /// The first record that each log still holds.
  case earliest
  /// Behind the last record there is now.
  case end
  /// Where another consumer group has committed to.
  case group(String)
  /// Given for each partition.
  case offsets([Int32: Int64])

  /// As it is recorded: `earliest`, `end`, `group:NAME` or `offsets`.
  public var name: String {
    switch self {
    case .earliest: "earliest"
    case .end: "end"
    case .group(let name): "group:\(name)"
    case .offsets: "offsets"
    }
  }

  /// The start of each partition. Nothing is guessed: a partition that the choice does not name, or names outside its
  /// log, is a refusal.
  ///
  /// - Parameter committed: what the group committed, for the choice of a group; a partition without one is absent.
  public func starts(
    on sighting: StreamSighting, committed: [Int32: Int64] = [:]
  ) throws(StreamRefusal) -> [Int64] {
    if let refusal = sighting.absence { throw refusal }
    switch self {
    case .earliest: return sighting.logRanges.map(\.lowerBound)
    case .end: return sighting.logRanges.map(\.upperBound)
    case .group(let name): return try Self.committed(committed, by: name, on: sighting)
    case .offsets(let given): return try Self.given(given, on: sighting)
    }
  }

  private static func committed(
    _ committed: [Int32: Int64], by group: String, on sighting: StreamSighting
  ) throws(StreamRefusal) -> [Int64] {
    var all = committed
    // Nothing was ever written there: the start is 0 whoever read it.
    for (partition, range) in sighting.logRanges.enumerated() where range == 0..<0 {
      all[Int32(partition)] = all[Int32(partition)] ?? 0
    }
    let missing = sighting.logRanges.indices.filter { all[Int32($0)] == nil }
    guard missing.isEmpty else {
      throw .otherStream(
        """
        consumer group \(group) has committed nothing for \(Self.list(missing)) of topic \(sighting.topic), where \
        there are or were records
        """,
        hint: """
          Where to start there is not guessed. Check the group's name, or write every partition's offset into a file: \
          --from offsets:FILE.
          """)
    }
    return try inside(sighting, all, "consumer group \(group) committed")
  }

  private static func given(
    _ given: [Int32: Int64], on sighting: StreamSighting
  ) throws(StreamRefusal) -> [Int64] {
    let count = sighting.logRanges.count
    let missing = (0..<count).filter { given[Int32($0)] == nil }
    let strange = given.keys.filter { !sighting.logRanges.indices.contains(Int($0)) }.sorted().map { Int($0) }
    guard missing.isEmpty, strange.isEmpty else {
      let what = [
        missing.isEmpty ? nil : "no offset is given for \(list(missing))",
        strange.isEmpty ? nil : "\(list(strange)) is not in it",
      ].compactMap(\.self).joined(separator: "; ")
      throw .otherStream(
        "topic \(sighting.topic) has \(count) partitions: \(what)",
        hint: "Give every partition from 0 to \(count - 1) exactly once.")
    }
    return try inside(sighting, given, "given is")
  }

  private static func inside(
    _ sighting: StreamSighting, _ offsets: [Int32: Int64], _ origin: String
  ) throws(StreamRefusal) -> [Int64] {
    let starts = sighting.logRanges.indices.map { offsets[Int32($0)] ?? -1 }
    let outside = zip(starts, sighting.logRanges).enumerated().filter { _, pair in
      pair.0 < pair.1.lowerBound || pair.0 > pair.1.upperBound
    }
    guard outside.isEmpty else {
      let words = outside.prefix(5).map { partition, pair in
        "partition \(partition): \(origin) \(pair.0), the log goes from \(pair.1.lowerBound) to \(pair.1.upperBound)"
      }
      let more = outside.count > 5 ? "; and \(outside.count - 5) more" : ""
      throw .otherStream(
        "topic \(sighting.topic), \(words.joined(separator: "; "))\(more)",
        hint: """
          An offset before its log would skip what has left it, one behind it would skip what is still to come. See \
          why, then give offsets inside the log: --from offsets:FILE.
          """)
    }
    return starts
  }

  private static func list(_ partitions: [Int]) -> String {
    let names = partitions.prefix(10).map { String($0) }.joined(separator: ", ")
    let more = partitions.count > 10 ? " and \(partitions.count - 10) more" : ""
    return "\(partitions.count == 1 ? "partition" : "partitions") \(names)\(more)"
  }
}
