import CommandTable
import EventLog
import KafkaClient
import Teller
import TellerKafka

/// The declared partitioner against the keys that are in the topic, before anything of it is adopted.
struct PlacementCheck {
  /// Who declares nothing declares murmur2; it is checked all the same.
  static let standard = Partitioner.murmur2

  /// The option, for the commands that adopt.
  static let option = Option(
    "--partitioner", .choice(Partitioner.allCases.map(\.rawValue) + ["unverified"]), "NAME",
    environment: "TELLER_PARTITIONER",
    defaultText: "as recorded; murmur2 for a topic not adopted yet",
    help: """
      How the producers place keys: murmur2 (Java, librdkafka with murmur2_random), crc32 (librdkafka's own: Python, .NET, \
      Node, Rust), fnv1a (Sarama). unverified: not checked.
      """)

  let evidence: PartitionerEvidence
  let verdict: PlacementVerdict
  let placement: Placement

  /// Samples the topic's keys.
  ///
  /// - Throws: `CommandFailure`, exit code 2, where another partitioner placed them, or none that is known.
  init(
    _ placement: Placement, _ sighting: StreamSighting, starts: [Int64], _ kafka: KafkaConfiguration
  ) throws {
    self.placement = placement
    do throws(LogFailure) {
      let sampler = try KeySampler(configuration: kafka, topic: sighting.topic)
      defer { sampler.close(within: .seconds(2)) }
      evidence = try sampler.sample(sighting, from: starts)
    } catch {
      throw CommandFailure(error)
    }
    verdict = evidence.verdict(on: placement)
    if let refusal = verdict.refusal(sighting.topic, placement, evidence) { throw CommandFailure(refusal) }
  }

  /// The verdict and what it rests on, for people and for the record.
  var sentence: String { "\(verdict.sentence(placement, evidence)); \(evidence.sentence)" }

  /// A warning where records will be dead; where nothing could be checked, an empty topic for one, only a remark.
  func tell(_ log: EventLog) {
    let words = verdict.sentence(placement, evidence)
    switch verdict {
    case .fits: break
    case .unchecked: log.info(words)
    case .strays, .other, .unknown: log.warning(words, ["sample": evidence.sentence])
    }
  }

  var json: JSONValue {
    let word =
      switch verdict {
      case .unchecked: "unchecked"
      case .fits: "fits"
      case .strays: "strays"
      case .other: "other"
      case .unknown: "unknown"
      }
    let fits = Partitioner.allCases.map { ($0.rawValue, JSONValue.integer(Int64(evidence.fits($0)))) }
    return [
      "verdict": .string(word), "records": .integer(Int64(evidence.records)),
      "partitions": .integer(Int64(evidence.partitions.count)), "keys": .integer(Int64(evidence.keys)),
      "keyless": .integer(Int64(evidence.keylessRecords)), "fits": .object(fits),
      "sentence": .string(sentence),
    ]
  }
}
