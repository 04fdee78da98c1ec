import CommandTable
import Foundation
import Teller

/// What the person asks for, with its contradictions found.
struct AdoptionSettings {
  let topic: String
  let start: StartChoice
  /// nil: the one recorded, or the standard one of a stream not adopted yet.
  let placement: Placement?
  /// nil: the one recorded, or the standard one of a stream not adopted yet.
  let group: String?
  let standardGroup: String
  let succession: StreamSuccession
  let isDryRun: Bool
  let adoptedBy: String

  init(_ invocation: Invocation) throws {
    topic = try invocation.requiredString("--topic")
    start = try Self.start(try invocation.requiredString("--from"))
    placement = invocation.string("--partitioner").flatMap { Placement(name: $0) }
    standardGroup = try invocation.requiredString("--group")
    group = invocation.source("--group") == .standard ? nil : standardGroup
    succession = StreamSuccession(
      allowsOtherCluster: invocation.flag("--other-cluster"),
      next: invocation.integer("--next-incarnation").map { Int32(clamping: $0) })
    isDryRun = invocation.flag("--dry-run")
    adoptedBy = ActingPerson.name(invocation)
  }

  static func start(_ text: String) throws -> StartChoice {
    switch text {
    case "earliest": return .earliest
    case "end": return .end
    case _ where text.hasPrefix("group:") && text.count > 6: return .group(String(text.dropFirst(6)))
    case _ where text.hasPrefix("offsets:") && text.count > 8:
      return .offsets(try offsets(String(text.dropFirst(8))))
    default:
      throw UsageError(
        .invalidValue, what: "--from \(text) is no start",
        why: "it is earliest, end, group:NAME or offsets:FILE", hint: "give one of the four")
    }
  }

  private static func offsets(_ path: String) throws -> [Int32: Int64] {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw UsageError(
        .invalidValue, what: "the file \(path) cannot be read", why: error.localizedDescription,
        hint: "give --from offsets:FILE with lines of 'partition offset'")
    }
    do throws(OffsetsFile.Flaw) {
      return try OffsetsFile.parse(text)
    } catch {
      throw UsageError(
        .invalidValue, what: "the file \(path) is no list of offsets", why: error.description,
        hint: #"write lines of 'partition offset', or {"0":123}: every partition exactly once"#)
    }
  }
}
