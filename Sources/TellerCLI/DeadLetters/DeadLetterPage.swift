import EventLog
import Foundation
import Teller
import TellerPostgres

/// All about one dead letter, as `teller dead-letters show` tells it.
struct DeadLetterPage {
  /// More of a value is shown only with `--full`.
  private static let textMax = 2_048
  private static let dumpMax = 512
  private static let inlineMax = 128

  let topic: String
  let letter: DeadLetter
  let decision: KeyDecision?
  let actions: [DeadLetterAction]
  let reread: RequestReread
  let isFull: Bool

  /// What a redrive of the unchanged record would come to, for people.
  var forecast: String {
    switch (reread, decision) {
    case (.dead(let cause), _): "it would die again, \(cause.code.rawValue): \(cause.reason)"
    case (.request, nil): "its key is undecided, so it would be decided"
    case (.request(_, let meaning), let decision?): Self.forecast(meaning, decision.fingerprint)
    }
  }

  /// The outcome that a redrive would have, for programs; null where only deciding can tell.
  private var forecastOutcome: JSONValue {
    switch (reread, decision) {
    case (.dead, _): "dead"
    case (.request, nil): .null
    case (.request(_, let meaning), let decision?):
      meaning.version != decision.fingerprint.version
        ? .null : meaning == decision.fingerprint ? "duplicate" : "rejected"
    }
  }

  private static func forecast(_ meaning: Fingerprint, _ first: Fingerprint) -> String {
    if meaning == first { return "it would be a duplicate: nothing more would happen" }
    if meaning.version != first.version { return "it would be a duplicate, if it means the same" }
    return "it would be rejected, idempotency_key_reused: the key was decided for another request"
  }

  /// For people.
  var text: String {
    let summary = letter.summary
    var rows: [[String]] = [
      ["state", summary.stateText],
      ["cause", "\(summary.code): \(SafeText.line(summary.reason))"],
      ["to do", remedy],
      [
        "origin",
        "\(topic)[\(letter.id.partition)] offset \(letter.id.offset), "
          + "incarnation \(letter.id.incarnation)",
      ],
      ["produced", letter.timestamp < 0 ? "no time told" : Timestamp.text(letter.timestamp)],
      ["died", summary.decidedAt.map { DeadLetterTime.text($0) } ?? "its batch is missing"],
      ["key decided", decisionText],
      ["if redriven", forecast],
    ]
    rows += headerRows
    rows.append(["record key", SafeText.inline(letter.key, limit: isFull ? .max : Self.inlineMax)])
    rows.append(["value", valueTitle])
    var lines = ["dead letter \(letter.id)"] + TextTable.lines(rows).map { "  " + $0 }
    lines += valueLines.map { "    " + $0 }
    if !actions.isEmpty {
      lines.append("  actions, the oldest first")
      lines += actions.map { "    " + $0.line }
    }
    return lines.joined(separator: "\n")
  }

  private var decisionText: String {
    guard let key = letter.summary.idempotencyKey else { return "the record has no key that can be read" }
    let name = SafeText.line("\(key)")
    guard let decision else { return "no: \(name) is undecided" }
    return "\(name) was decided at \(decision.id): \(decision.outcome)"
      + (decision.code.map { " \($0)" } ?? "")
  }

  private var headerRows: [[String]] {
    guard let headers = letter.headers else { return [["headers", "cannot be read"]] }
    if headers.isEmpty { return [["headers", "none"]] }
    return headers.enumerated().map { index, header in
      let value = SafeText.inline(header.value, limit: isFull ? .max : Self.inlineMax)
      return [index == 0 ? "headers" : "", "\(SafeText.line(header.name)): \(value)"]
    }
  }

  private var valueTitle: String {
    guard let value = letter.value else { return "null" }
    if value.isEmpty { return "empty" }
    let isText = SafeText.text(value, allowsLines: true) != nil
    let shown = isFull ? Int.max : isText ? Self.textMax : Self.dumpMax
    let clip = value.count > shown ? ", the first \(shown) (--full shows all)" : ""
    return "\(value.count) bytes\(isText ? "" : ", not printable text")\(clip)"
  }

  private var valueLines: [String] {
    guard let value = letter.value, !value.isEmpty else { return [] }
    guard let text = SafeText.text(value, allowsLines: true) else {
      return SafeText.hexDump(isFull ? value[...] : value.prefix(Self.dumpMax))
    }
    let clipped = isFull ? text : SafeText.clipped(text, Self.textMax)
    return clipped.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// What a person does now. The documents say more: DeadLetters.md.
  private var remedy: String {
    switch (letter.summary.state, reread, decision) {
    case (.discarded, _, _): "nothing: it was discarded"
    case (.redriven, _, _): "nothing, unless what was sent died again (see the last action)"
    case (.open, .dead, _):
      "have its service resend it corrected under the same idempotency key; then discard this"
    case (.open, .request, .some): "discard it: another record with its key was decided"
    case (.open, .request, nil): "mend the cause, then redrive it, or have its service resend the same key"
    }
  }
}

extension DeadLetterPage {
  /// For programs: the fields of the list, and the contents whole.
  var json: JSONValue {
    .object(
      letter.summary.fields(topic: topic) + [
        ("record_timestamp", .integer(letter.timestamp)),
        ("key_base64", Self.base64(letter.key)), ("value_base64", Self.base64(letter.value)),
        (
          "value_text",
          letter.value.flatMap { SafeText.text($0, allowsLines: true) }.map { .string($0) } ?? .null
        ),
        (
          "headers",
          letter.headers.map { headers in
            .array(headers.map { .array([.string($0.name), Self.base64($0.value)]) })
          } ?? .null
        ),
        (
          "decided",
          decision.map { decision in
            [
              "id": .string("\(decision.id)"), "outcome": .string(decision.outcome),
              "code": decision.code.map { .string($0) } ?? .null,
            ]
          } ?? .null
        ),
        ("redrive_outcome", forecastOutcome), ("actions", .array(actions.map(\.json))),
      ])
  }

  private static func base64(_ bytes: [UInt8]?) -> JSONValue {
    bytes.map { .string(Data($0).base64EncodedString()) } ?? .null
  }
}

extension DeadLetterAction {
  /// For people: one line.
  fileprivate var line: String {
    var line = "#\(number)  \(DeadLetterTime.text(actedAt))  \(action) by \(SafeText.line(actor)):"
    line += " \(SafeText.line(reason))"
    guard let target, let result else { return line }
    line += "  (to \(target.text), count \(redriveCount ?? 0): \(result)"
    if let error { line += ", \(SafeText.line(error))" }
    if result == "acknowledged" {
      line += ", " + (outcome.map { "\($0)\(outcomeCode.map { " \($0)" } ?? "")" } ?? "not decided yet")
    }
    return line + ")"
  }

  /// For programs.
  fileprivate var json: JSONValue {
    [
      "number": .integer(number), "action": .string(action), "actor": .string(actor),
      "reason": .string(reason), "acted_at": .string(DeadLetterTime.text(actedAt)),
      "redrive_count": redriveCount.map { .integer(Int64($0)) } ?? .null, "target": target?.json ?? .null,
      "result": result.map { .string($0) } ?? .null, "error": error.map { .string($0) } ?? .null,
      "outcome": outcome.map { .string($0) } ?? .null,
      "outcome_code": outcomeCode.map { .string($0) } ?? .null,
    ]
  }
}
