import TellerTestKit
import Testing

@testable import Teller

@Suite struct `The next incarnation of a stream` {
  private static func broker(_ texts: [String], partitions: Int = 2) -> SimulatedBroker {
    let broker = SimulatedBroker(partitions: partitions)
    for partition in 0..<Int32(partitions) {
      for text in texts { broker.append(SimulatedRecord("key", text), to: partition) }
    }
    return broker
  }

  /// An incarnation that decided all there is, with both anchors.
  private static func open(_ broker: SimulatedBroker, cluster: String = "simulated") throws -> OpenIncarnation
  {
    let reader = SimulatedLogReader(broker)
    let positions = try broker.ranges.enumerated().map { number, range in
      let partition = Int32(number)
      let anchors =
        range.isEmpty
        ? Anchors()
        : Anchors(
          last: try reader.anchor(at: range.upperBound - 1, of: partition),
          checkpoint: try reader.anchor(at: 0, of: partition))
      return RecordedPosition(
        partition: partition, startOffset: 0, nextOffset: range.upperBound, publishedOffset: 0,
        anchors: anchors)
    }
    let identity = StreamIdentity(
      id: 1, topic: broker.topic, incarnation: 1, clusterID: cluster, partitionCount: Int32(positions.count),
      placement: .hashed(.murmur2), group: "tellers")
    return OpenIncarnation(identity: identity, positions: positions)
  }

  private static func compare(_ open: OpenIncarnation, _ broker: SimulatedBroker) throws -> LogComparison {
    try LogComparison.compare(open, with: broker.sighting(), reader: SimulatedLogReader(broker))
  }

  private func words(_ refusal: StreamRefusal?) -> String? {
    guard case .otherStream(let what, let hint)? = refusal else { return nil }
    return "\(what). \(hint)"
  }

  @Test func `is refused on the same log, whatever the person says`() throws {
    let broker = Self.broker(["a", "b"])
    let open = try Self.open(broker)
    broker.append(SimulatedRecord("key", "more"), to: 0)
    let log = try Self.compare(open, broker)
    #expect(log == .same)
    for succession in [StreamSuccession(), StreamSuccession(allowsOtherCluster: true, next: 2)] {
      let refusal = words(succession.refusal(after: open, sighting: broker.sighting(), log: log))
      #expect(refusal?.contains("it is the same log") == true && refusal?.contains("incarnation 1") == true)
    }
    // What has left the log by retention proves nothing, the rest does.
    broker.trim(0, to: 2)
    #expect(try Self.compare(open, broker) == .same)
  }

  /// A start chosen by mistake can be mended as long as nothing was decided.
  @Test func `may begin the same log elsewhere while nothing of it is decided`() throws {
    let broker = Self.broker(["a", "b"])
    let decided = try Self.open(broker)
    let open = OpenIncarnation(
      identity: decided.identity,
      positions: decided.positions.map {
        RecordedPosition(
          partition: $0.partition, startOffset: $0.nextOffset, nextOffset: $0.nextOffset,
          publishedOffset: $0.nextOffset, anchors: $0.anchors)
      })
    let log = try Self.compare(open, broker)
    #expect(log == .same)
    let refusal = words(StreamSuccession().refusal(after: open, sighting: broker.sighting(), log: log))
    #expect(refusal?.contains("--next-incarnation 2") == true)
    #expect(StreamSuccession(next: 2).refusal(after: open, sighting: broker.sighting(), log: log) == nil)
    #expect(StreamSuccession(next: 2).refusal(after: decided, sighting: broker.sighting(), log: log) != nil)
  }

  @Test func `is refused on the same log that grew, with what to do`() throws {
    let broker = Self.broker(["a", "b"])
    let open = try Self.open(broker)
    broker.grow(to: 3)
    let log = try Self.compare(open, broker)
    let refusal = words(StreamSuccession().refusal(after: open, sighting: broker.sighting(), log: log))
    #expect(refusal?.contains("grown from 2 partitions to 3") == true)
  }

  @Test func `follows where every log is another one, shorter or longer, with any count`() throws {
    let open = try Self.open(Self.broker(["a", "b"]))
    for other in [
      Self.broker(["x"]), Self.broker(["x", "y", "z"]), Self.broker(["x"], partitions: 1),
      Self.broker(["x", "y", "z"], partitions: 5), Self.broker([]),
    ] {
      let log = try Self.compare(open, other)
      guard case .other = log else {
        Issue.record("\(other.ranges): \(log)")
        continue
      }
      #expect(StreamSuccession().refusal(after: open, sighting: other.sighting(), log: log) == nil)
    }
  }

  /// The last record may be of the new log already; the checkpoint is not.
  @Test func `follows where only the checkpoint tells`() throws {
    let old = try Self.open(Self.broker(["a", "b"]))
    let broker = Self.broker(["x", "b"])
    guard case .other = try Self.compare(old, broker) else {
      Issue.record("the checkpoint was not looked at")
      return
    }
  }

  @Test func `needs the person's word where the logs disagree or nothing can be compared`() throws {
    let broker = Self.broker(["a", "b"])
    let open = try Self.open(broker)
    broker.recreate(1, with: [SimulatedRecord("key", "x")])
    let mixed = try Self.compare(open, broker)
    guard case .mixed(let same, let other) = mixed else {
      Issue.record("\(mixed)")
      return
    }
    #expect(same == [0] && other[1]?.contains("ends at 1") == true)
    let untouched = try Self.open(Self.broker([]))
    let unproven = try Self.compare(untouched, broker)
    #expect(unproven == .unproven)
    for log in [mixed, unproven] {
      let refusal = words(StreamSuccession().refusal(after: open, sighting: broker.sighting(), log: log))
      #expect(refusal?.contains("--next-incarnation 2") == true)
      #expect(StreamSuccession(next: 2).refusal(after: open, sighting: broker.sighting(), log: log) == nil)
      let wrong = words(
        StreamSuccession(next: 3).refusal(after: open, sighting: broker.sighting(), log: log))
      #expect(wrong?.contains("not 3") == true)
    }
  }

  @Test func `on another cluster needs a word of its own`() throws {
    let broker = Self.broker(["a"])
    let open = try Self.open(broker, cluster: "elsewhere")
    let refusal = words(StreamSuccession().refusal(after: open, sighting: broker.sighting(), log: .same))
    #expect(refusal?.contains("--other-cluster") == true && refusal?.contains("elsewhere") == true)
    let allowed = StreamSuccession(allowsOtherCluster: true)
    #expect(allowed.refusal(after: open, sighting: broker.sighting(), log: .same) == nil)
  }
}
