import CommandTable
import Teller
import TellerKafka

/// What the person at the terminal wants to see of the outcomes, with contradictions found.
struct OutcomesWish {
  let topic: String
  let follows: Bool
  let account: String?
  let key: IdempotencyKey?
  let start: OutcomeReader.Start
  let countMax: Int64?
  let timeout: Duration?
  let partitioner: Partitioner

  init(_ invocation: Invocation) throws(UsageError) {
    let topic = try invocation.requiredString("--topic")
    self.topic = topic
    follows = invocation.flag("--follow")
    timeout = invocation.duration("--timeout")
    if timeout != nil, !follows {
      throw UsageError(
        .contradiction, what: "--timeout needs --follow",
        why: "without it the command stops at the present end",
        hint: "give both, or leave --timeout out")
    }
    account = try invocation.string("--account").map { (id) throws(UsageError) in
      try AccountNames.checked(id, "--account")
    }
    key = try invocation.string("--key").map { (text) throws(UsageError) in
      guard let key = IdempotencyKey(parsing: text, topic: topic) else {
        throw UsageError(
          .invalidValue, what: "--key is no idempotency key", why: "it is a UUID, or 1 to 64 bytes of UTF-8",
          hint: "give the key as the request carries it")
      }
      return key
    }
    // A request may have been decided before anybody asked for it.
    let isFromEnd = invocation.string("--from").map { $0 == "end" } ?? (follows && key == nil)
    start = isFromEnd ? .end : .earliest
    countMax = invocation.integer("--until-count")
    partitioner = invocation.string("--partitioner").flatMap { Partitioner(rawValue: $0) } ?? .murmur2
  }

  /// Whether an event is to be shown.
  func shows(_ event: OutcomeEvent) -> Bool {
    if let key, event.idempotencyKey != key { return false }
    guard let account else { return true }
    return event.recordKey?.elementsEqual(account.utf8) ?? false
  }
}
