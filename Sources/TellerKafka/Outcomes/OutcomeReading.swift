internal import KafkaClient
internal import Teller

/// What a reader of outcomes remembers between two questions.
struct OutcomeReading: Sendable {
  /// One partition that is read.
  struct Lane: Sendable {
    let partition: Int32
    let queue: PartitionQueue
    /// Where fetching begins.
    let readFrom: Int64
    /// Events below were published before the reader began: they only tell where it stands.
    let beginsAt: Int64
    /// Where the partition ended when the reader was made.
    let endAtStart: Int64
    /// Of the event that was given last.
    var standing: OutcomeStanding?
    /// The first offset of the outcomes topic that was not looked at.
    var next: Int64
    /// Why fetching stopped.
    var failure: OutcomeReadFailure?
  }

  /// An event in order that nobody has taken yet.
  struct Ready: Sendable {
    let partition: Int32
    let delivery: OutcomeDelivery

    init(_ partition: Int32, _ delivery: OutcomeDelivery) {
      self.partition = partition
      self.delivery = delivery
    }
  }

  var lanes: [Lane]
  var order: OutcomeOrder
  var ready: [Ready] = []
  /// The event read last, where it waits behind a hole.
  var heldLast: OutcomeEvent?
  /// The lane whose turn it is, so that a busy one does not starve the others.
  var laneNext = 0

  init(lanes: [Lane], order: OutcomeOrder) {
    self.lanes = lanes
    self.order = order
  }

  /// Gives the next event away.
  mutating func hand() -> OutcomeDelivery? {
    guard !ready.isEmpty else { return nil }
    let given = ready.removeFirst()
    if let index = lanes.firstIndex(where: { $0.partition == given.partition }) {
      lanes[index].standing = given.delivery.standing
    }
    return given.delivery
  }

  /// Behind what was given away; whatever waits is read again.
  func position(topic: String) -> OutcomePosition {
    OutcomePosition(
      topic: topic,
      partitions: lanes.map { lane in
        let waiting = ready.filter { $0.partition == lane.partition }.map(\.delivery.position)
        let held = order.firstHeld(of: lane.partition)
        let next = (waiting + [held].compactMap(\.self) + [max(lane.next, lane.beginsAt)]).min()
        return OutcomePosition.Partition(
          partition: lane.partition, next: next ?? lane.next, standing: lane.standing)
      })
  }
}
