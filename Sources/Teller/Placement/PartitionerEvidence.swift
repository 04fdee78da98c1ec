/// What a sample of a topic's keys says about the partitioner of its producers. Pure: it is given records and counts.
///
/// A key counts once for each partition it was found in: a hot key is one piece of evidence, however often it was written.
/// With n partitions a wrong partitioner still fits one key in n, so counts are judged against chance, see ``verdict(on:)``.
public struct PartitionerEvidence: Equatable, Sendable {
  /// Fewer distinct keys than this prove nothing.
  public static let keysMin = 20

  /// How many partitions the topic has.
  public let partitionCount: Int32
  /// Records looked at.
  public private(set) var records = 0
  /// Records without a key, or with an empty one: no partitioner speaks for them.
  public private(set) var keylessRecords = 0
  /// Partitions that at least one record was looked at in.
  public private(set) var partitions: Set<Int32> = []
  private var seen: Set<Place> = []
  /// How many keys fit which set of partitioners: bit i of the index stands for the i-th of all cases.
  private var keysByFit = Array(repeating: 0, count: 1 << Partitioner.allCases.count)

  private struct Place: Hashable {
    let partition: Int32
    let key: [UInt8]
  }

  /// No evidence yet about a topic of so many partitions; there is at least one.
  public init(partitionCount: Int32) {
    precondition(partitionCount > 0, "a topic has at least one partition")
    self.partitionCount = partitionCount
  }

  /// Counts one record; nil is a record without a key.
  public mutating func add(key: [UInt8]?, in partition: Int32) {
    records += 1
    partitions.insert(partition)
    guard let key, !key.isEmpty else {
      keylessRecords += 1
      return
    }
    guard seen.insert(Place(partition: partition, key: key)).inserted else { return }
    var fit = 0
    for (bit, partitioner) in Partitioner.allCases.enumerated()
    where partitioner.partition(key: key.span.bytes, count: partitionCount) == partition {
      fit |= 1 << bit
    }
    keysByFit[fit] += 1
  }

  /// Distinct keys looked at, each counted once for every partition it lies in.
  public var keys: Int { seen.count }

  /// How many keys lie where this partitioner puts them.
  public func fits(_ partitioner: Partitioner) -> Int { count { Self.holds($0, partitioner) } }

  /// How many keys lie where `one` puts them and `other` does not: these alone tell the two apart.
  func fits(_ one: Partitioner, not other: Partitioner) -> Int {
    count { Self.holds($0, one) && !Self.holds($0, other) }
  }

  /// The share of the keys, from 0 to 1, that this partitioner placed, with what chance gives to a wrong one taken off:
  /// of K keys it fits K·share + K·(1 − share)/n.
  func share(_ partitioner: Partitioner) -> Double {
    guard keys > 0, partitionCount > 1 else { return 0 }
    let (fitting, all, count) = (Double(fits(partitioner)), Double(keys), Double(partitionCount))
    return min(max((fitting * count - all) / (all * (count - 1)), 0), 1)
  }

  /// The counts in one sentence, for people and for the record of the adoption.
  public var sentence: String {
    let counts = Partitioner.allCases.map { "\($0.rawValue) fits \(fits($0))" }.joined(separator: ", ")
    let keyless = keylessRecords > 0 ? ", \(keylessRecords) records without a key" : ""
    return """
      \(records) records of \(partitions.count) of \(partitionCount) partitions, \(keys) distinct keys: \
      \(counts)\(keyless)
      """
  }

  private func count(where matches: (Int) -> Bool) -> Int {
    keysByFit.indices.reduce(0) { matches($1) ? $0 + keysByFit[$1] : $0 }
  }

  private static func holds(_ fit: Int, _ partitioner: Partitioner) -> Bool {
    Partitioner.allCases.enumerated().contains { bit, one in one == partitioner && fit & (1 << bit) != 0 }
  }
}
