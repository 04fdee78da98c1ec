// From a record to an event: strict about what the format promises, blind to what it does not name.

extension OutcomeEvent {
  /// Reads an event from a record of an outcomes topic. Headers and members that the format does not name are passed
  /// over.
  ///
  /// - Parameters:
  ///   - key: the record's key, nil for null.
  ///   - value: the record's value, nil for null.
  ///   - headers: all of its headers.
  /// - Throws: what breaks the format.
  public init(key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]) throws(OutcomeEventError) {
    let headers = OutcomeHeaders(headers)
    let members = try OutcomeMembers(value)
    outcome = try Self.outcome(headers, members)
    code = try Self.code(headers, members, of: outcome)
    id = try headers.uuid("teller-event-id")
    let origin = Origin(
      topic: try headers.requiredText("teller-origin-topic"),
      partition: try headers.number("teller-origin-partition"),
      offset: try headers.number("teller-origin-offset"))
    self.origin = origin
    idempotencyKey = try Self.key(headers, topic: origin.topic)
    previousOffset = try headers.optionalNumber("teller-previous-offset")
    if let previousOffset, previousOffset >= origin.offset {
      throw OutcomeEventError(.contradiction, "teller-previous-offset", "is not below the event's own offset")
    }
    incarnation = try headers.number("teller-incarnation")
    epoch = try headers.number("teller-epoch")
    guard let history = History(try headers.requiredText("teller-history")) else {
      throw OutcomeEventError(.malformed, "teller-history", "is not <number>:<uuid>")
    }
    self.history = history
    traceParent = headers.first(RecordHeader.traceParent)
    recordKey = key
    decidedAt = try members.text("decided_at")
    first = try members.first()
    _ = try members.written("request")
    self.value = members.bytes
    self.members = members.all
  }

  private static func outcome(
    _ headers: OutcomeHeaders, _ members: OutcomeMembers
  ) throws(OutcomeEventError) -> Outcome {
    let text = try headers.requiredText("teller-outcome")
    guard let outcome = Outcome(rawValue: text) else {
      throw OutcomeEventError(.malformed, "teller-outcome", "is no outcome that this release knows")
    }
    guard try members.text("outcome") == text else {
      throw OutcomeEventError(.contradiction, "outcome", "is not that of the header teller-outcome")
    }
    return outcome
  }

  private static func code(
    _ headers: OutcomeHeaders, _ members: OutcomeMembers, of outcome: Outcome
  ) throws(OutcomeEventError) -> String? {
    let code = try headers.text("teller-code")
    let needsCode = outcome == .rejected || outcome == .dead
    guard needsCode == (code != nil) else {
      let cause = needsCode ? "is not there, and the outcome has one" : "is there, and the outcome has none"
      throw OutcomeEventError(needsCode ? .missing : .contradiction, "teller-code", cause)
    }
    guard try members.optionalText("code") == code else {
      throw OutcomeEventError(.contradiction, "code", "is not that of the header teller-code")
    }
    return code
  }

  private static func key(_ headers: OutcomeHeaders, topic: String) throws(OutcomeEventError)
    -> IdempotencyKey?
  {
    guard let text = try headers.text("teller-idempotency-key") else { return nil }
    guard let key = IdempotencyKey(parsing: text, topic: topic) else {
      throw OutcomeEventError(.malformed, "teller-idempotency-key", "is no idempotency key")
    }
    return key
  }
}

/// The headers of one event, by their names.
struct OutcomeHeaders {
  private let headers: [RecordHeader]

  init(_ headers: [RecordHeader]) { self.headers = headers }

  /// The first of the name, whatever it holds.
  func first(_ name: String) -> [UInt8]? { headers.first { $0.name == name }?.value }

  /// Nil where there is none.
  func text(_ name: String) throws(OutcomeEventError) -> String? {
    let same = headers.filter { $0.name == name }
    guard let header = same.first else { return nil }
    guard same.count == 1 else { throw OutcomeEventError(.repeated, name, "is there twice") }
    guard let value = header.value, let text = String(validating: value, as: UTF8.self) else {
      throw OutcomeEventError(.malformed, name, "is no text in UTF-8")
    }
    return text
  }

  func requiredText(_ name: String) throws(OutcomeEventError) -> String {
    guard let text = try text(name) else { throw OutcomeEventError(.missing, name, "is not there") }
    return text
  }

  func optionalNumber<Number: FixedWidthInteger>(_ name: String) throws(OutcomeEventError) -> Number? {
    guard let text = try text(name) else { return nil }
    guard let number = Decimal.read(text.utf8), let number = Number(exactly: number) else {
      throw OutcomeEventError(.malformed, name, "is no decimal number of its range")
    }
    return number
  }

  func number<Number: FixedWidthInteger>(_ name: String) throws(OutcomeEventError) -> Number {
    guard let number: Number = try optionalNumber(name) else {
      throw OutcomeEventError(.missing, name, "is not there")
    }
    return number
  }

  func uuid(_ name: String) throws(OutcomeEventError) -> UInt128 {
    let text = try requiredText(name)
    guard let bits = IdempotencyKey.uuidBits(Array(text.utf8).span.bytes) else {
      throw OutcomeEventError(.malformed, name, "is no UUID")
    }
    return bits
  }
}

/// The members of one event's value.
struct OutcomeMembers {
  let bytes: [UInt8]
  let all: [JSONMember]

  init(_ value: [UInt8]?) throws(OutcomeEventError) {
    guard let value else { throw OutcomeEventError(.missing, "value", "is null") }
    try self.init(value, "value")
  }

  private init(_ bytes: [UInt8], _ part: String) throws(OutcomeEventError) {
    guard let all = JSONMember.all(of: bytes) else {
      throw OutcomeEventError(.malformed, part, "is no JSON object")
    }
    self.bytes = bytes
    self.all = all
    guard Set(all.map(\.name)).count == all.count else {
      throw OutcomeEventError(.repeated, part, "names a member twice")
    }
  }

  /// The bytes of a member that has to be there; nil for null.
  func written(_ name: String) throws(OutcomeEventError) -> [UInt8]? {
    guard let member = all.first(where: { $0.name == name }) else {
      throw OutcomeEventError(.missing, name, "is not there")
    }
    let written = Array(bytes[member.range])
    return written.elementsEqual("null".utf8) ? nil : written
  }

  func optionalText(_ name: String) throws(OutcomeEventError) -> String? {
    guard let written = try written(name) else { return nil }
    guard let text = JSONMember.text(written) else { throw OutcomeEventError(.malformed, name, "is no text") }
    return text
  }

  func text(_ name: String) throws(OutcomeEventError) -> String {
    guard let text = try optionalText(name) else { throw OutcomeEventError(.malformed, name, "is null") }
    return text
  }

  func first() throws(OutcomeEventError) -> FirstDecision? {
    guard let written = try written("first") else { return nil }
    let members = try OutcomeMembers(written, "first")
    let code = try members.optionalText("code")
    guard try members.text("outcome") == (code == nil ? "applied" : "rejected") else {
      throw OutcomeEventError(.contradiction, "first", "has an outcome that does not go with its code")
    }
    return FirstDecision(
      code: code, incarnation: try members.number("incarnation"), partition: try members.number("partition"),
      offset: try members.number("offset"))
  }

  private func number<Number: FixedWidthInteger>(_ name: String) throws(OutcomeEventError) -> Number {
    guard let written = try written(name), let number = Decimal.read(written),
      let number = Number(exactly: number)
    else { throw OutcomeEventError(.malformed, name, "is no number of its range") }
    return number
  }
}
