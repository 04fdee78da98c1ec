internal import KafkaClient
internal import Teller

/// Where the partitions of an outcomes topic begin and end, and where a reader begins in each.
struct OutcomeSurvey {
  /// A reader that begins at the end looks at so many events before it: a publisher that was stopped may send old ones
  /// late, and one of those must not be taken for the newest.
  static let glanceBack: Int64 = 256

  let consumer: Consumer
  let topic: String
  let limit: Duration

  /// What is read.
  var outcomesTopic: String { OutputTopic.outcomes.name(beside: topic) }

  /// The partitions to read, each with its queue, which must be asked for before the assignment.
  func lanes(
    from start: OutcomeReader.Start, choose: (Int32) -> [Int32]
  ) throws(LogFailure) -> [OutcomeReading.Lane] {
    if case .saved(let saved) = start, saved.topic != topic {
      throw LogFailure(
        .fatal, code: "OTHER_TOPIC", message: "the saved position is of topic \(saved.topic), not \(topic)")
    }
    let count = try partitionCount()
    let chosen = Set(choose(count)).sorted()
    if let beyond = chosen.first(where: { $0 < 0 || $0 >= count }) {
      throw LogFailure(
        .fatal, code: "NO_PARTITION", message: "\(outcomesTopic) has \(count) partitions, and no \(beyond)")
    }
    var lanes: [OutcomeReading.Lane] = []
    for partition in chosen { lanes.append(try lane(partition, start)) }
    return lanes
  }

  private func partitionCount() throws(LogFailure) -> Int32 {
    let count = try ask { (consumer) throws(KafkaError) in
      try consumer.partitionCount(of: outcomesTopic, timeout: limit)
    }
    guard let count, count > 0 else {
      throw LogFailure(
        .transient, code: "NO_TOPIC",
        message: "the topic \(outcomesTopic) does not exist (yet): a worker makes it, or teller topics create"
      )
    }
    return count
  }

  private func lane(
    _ partition: Int32, _ start: OutcomeReader.Start
  ) throws(LogFailure) -> OutcomeReading.Lane {
    let marks = try ask { (consumer) throws(KafkaError) in
      try consumer.watermarks(topic: outcomesTopic, partition: partition, timeout: limit)
    }
    let range = try logRange(low: marks.low, high: marks.high)
    var standing: OutcomeStanding?
    var (readFrom, beginsAt) = (range.lowerBound, range.lowerBound)
    switch start {
    case .earliest: break
    case .end:
      beginsAt = range.upperBound
      readFrom = max(range.lowerBound, range.upperBound - Self.glanceBack)
    case .saved(let saved):
      guard let part = saved[partition] else { break }
      guard range.lowerBound...range.upperBound ~= part.next else {
        throw LogFailure(
          .outOfRange, code: "POSITION_LOST",
          message:
            "partition \(partition) of \(outcomesTopic) holds \(range.lowerBound) to \(range.upperBound), "
            + "and the saved position is \(part.next): retention removed events, or the topic was made anew")
      }
      standing = part.standing
      (readFrom, beginsAt) = (part.next, part.next)
    }
    let queue = try translating { () throws(KafkaError) in
      try consumer.partitionQueue(topic: outcomesTopic, partition: partition)
    }
    return OutcomeReading.Lane(
      partition: partition, queue: queue, readFrom: readFrom, beginsAt: beginsAt,
      endAtStart: range.upperBound, standing: standing, next: readFrom)
  }

  /// The cause of an unanswered question may be among the client's events: a refused login shows as a timeout.
  private func ask<Answer>(_ question: (Consumer) throws(KafkaError) -> Answer) throws(LogFailure) -> Answer {
    do throws(KafkaError) {
      return try question(consumer)
    } catch {
      while let event = consumer.poll(timeout: .zero) {
        if case .error(let cause) = event, cause.isLoginRefused { throw LogFailure(cause) }
        if case .fatal(let cause) = event { throw LogFailure(fatal: cause) }
      }
      throw LogFailure(error)
    }
  }
}
