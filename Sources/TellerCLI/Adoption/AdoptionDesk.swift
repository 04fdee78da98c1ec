import CommandTable
import EventLog
import KafkaClient
import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

/// Prepares an adoption: looks at the topic, the open incarnation and the keys, and refuses what would repeat or skip
/// history.
struct AdoptionDesk {
  let settings: AdoptionSettings
  let kafka: KafkaConfiguration
  let store: PostgresOwnershipStore
  let log: EventLog

  /// What is to be written, and what the person is told of it.
  struct Prepared {
    let adoption: StreamAdoption
    let check: PlacementCheck
    /// The topic moved to another cluster, and the records decided last stand there at the same offsets.
    let isCopy: Bool
  }

  func prepare() throws -> Prepared {
    do {
      return try look()
    } catch let refusal as StreamRefusal {
      throw CommandFailure(refusal)
    } catch let failure as StoreFailure {
      throw CommandFailure(.store(failure))
    } catch let failure as LogFailure {
      throw CommandFailure(failure)
    }
  }

  private func look() throws -> Prepared {
    let open = try store.openIncarnation(of: settings.topic)
    let placement = settings.placement ?? open?.identity.placement ?? .hashed(PlacementCheck.standard)
    let group = settings.group ?? open?.identity.group ?? settings.standardGroup
    let scout = try TopicScout(configuration: kafka, topic: settings.topic)
    defer { scout.close(within: .seconds(2)) }
    let sighting = try scout.sight(for: group)
    let reader = try KafkaLogReader(configuration: kafka, topic: settings.topic)
    defer { reader.close(within: .seconds(2)) }
    // A topic that is not there is said before anything is compared with it.
    let starts = try settings.start.starts(on: sighting, committed: try committed(sighting))
    let isSame = try open.map { try compare($0, sighting, reader) == .same } ?? false
    let check = try PlacementCheck(placement, sighting, starts: starts, kafka)
    let adoption = StreamAdoption(
      sighting: sighting, placement: placement, starts: starts,
      anchors: try anchors(before: starts, sighting, reader),
      record: AdoptionRecord(
        startedFrom: settings.start.name, adoptedBy: settings.adoptedBy, keySample: check.sentence),
      former: open)
    return Prepared(
      adoption: adoption, check: check,
      isCopy: isSame && open?.identity.clusterID != sighting.clusterID)
  }

  private func committed(_ sighting: StreamSighting) throws -> [Int32: Int64] {
    guard case .group(let name) = settings.start, !sighting.logRanges.isEmpty else { return [:] }
    try refuseLive(name)
    return try GroupOffsets.committed(
      by: name, on: settings.topic, partitions: Int32(sighting.logRanges.count), configuration: kafka)
  }

  /// A group that goes on moves the offsets that are being taken over, and handles the same records as we.
  private func refuseLive(_ group: String) throws {
    guard let members = GroupOffsets.members(of: group, on: settings.topic, configuration: kafka) else {
      log.warning("whether consumer group \(group) still runs could not be asked: see that it does not")
      return
    }
    if members == 0 { return }
    let words =
      "consumer group \(group) still works on topic \(settings.topic), with \(members == 1 ? "one member" : "\(members) members")"
    if settings.isDryRun { return log.warning("\(words): stop them before it is adopted") }
    throw StreamRefusal.otherStream(
      words,
      hint:
        "Stop them, then adopt: else they and Teller handle the same records. (--dry-run looks without it.)")
  }

  /// Today's log against what was decided; throws where the next incarnation may not follow.
  private func compare(
    _ open: OpenIncarnation, _ sighting: StreamSighting, _ reader: KafkaLogReader
  ) throws -> LogComparison {
    let log = try LogComparison.compare(open, with: sighting, reader: reader)
    if let refusal = settings.succession.refusal(after: open, sighting: sighting, log: log) { throw refusal }
    return log
  }

  /// The record before each start, as far as there is one.
  private func anchors(
    before starts: [Int64], _ sighting: StreamSighting, _ reader: KafkaLogReader
  ) throws(LogFailure) -> [Anchor?] {
    var anchors: [Anchor?] = []
    for (partition, start) in starts.enumerated() {
      let hasOne = start > sighting.logRanges[partition].lowerBound
      anchors.append(hasOne ? try reader.anchor(at: start - 1, of: Int32(partition)) : nil)
    }
    return anchors
  }
}
