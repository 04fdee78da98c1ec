import EventLog
import Foundation
import Synchronization
import Testing

/// Keeps what a logger writes.
final class Lines: Sendable {
  private let kept = Mutex<[String]>([])
  var all: [String] { kept.withLock { $0 } }
  func log(
    _ minimum: EventLog.Level = .trace, _ format: EventLog.Format = .text, isColoured: Bool = false,
    at time: Int64 = 1_795_467_090_123
  ) -> EventLog {
    EventLog(minimum: minimum, format: format, isColoured: isColoured, clock: { time }) { line in
      self.kept.withLock { $0.append(line) }
    }
  }
}

@Suite struct `An event log` {
  let lines = Lines()

  private func object() throws -> [String: Any] {
    let line = try #require(lines.all.last)
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func `writes time, level, message and fields`() {
    lines.log().info("partition halted", ["kafka.partition": 3, "reason": "a \"gap\""])
    #expect(
      lines.all == [
        "2026-11-23T20:51:30.123Z info    partition halted  kafka.partition=3 reason=\"a \\\"gap\\\"\"\n"
      ])
  }

  @Test func `writes JSON that keeps numbers and truth values`() throws {
    lines.log(.trace, .json).warning("x", ["n": 3, "d": 1.5, "b": true, "s": "é\n", "nan": Double.nan])
    let object = try object()
    #expect(object["level"] as? String == "warning")
    #expect(object["n"] as? Int == 3)
    #expect(object["d"] as? Double == 1.5)
    #expect(object["s"] as? String == "é\n")
    #expect(object["nan"] as? String == "nan")
    #expect(lines.all[0].contains("\"b\":true"))
  }

  @Test(arguments: EventLog.Format.allCases)
  func `never lets a value end or forge a line`(format: EventLog.Format) {
    let nasty = "a\nb\r\u{0}\u{85}\u{2028}\u{1B}[31m\"\\"
    lines.log(.trace, format).error(nasty, [nasty: nasty])
    let line = lines.all[0]
    let breaks = line.unicodeScalars.dropLast().filter { $0.value < 32 || [0x85, 0x2028].contains($0.value) }
    #expect(breaks.isEmpty)
    #expect(line.hasSuffix("\n"))
  }

  @Test(arguments: ["password", "sasl.password", "SSL_KEY_PASSWORD", "client-secret", "token", "ssl.key.pem"])
  func `hides a field by its name`(name: String) throws {
    lines.log().info("login", [name: "hunter2"])
    lines.log(.trace, .json).info("login", [name: "hunter2"])
    #expect(lines.all.allSatisfy { !$0.contains("hunter2") && $0.contains("***") })
  }

  @Test(arguments: ["idempotency_key", "kafka.partition", "epoch", "topic"])
  func `shows ordinary fields`(name: String) {
    lines.log().info("x", [name: "visible"])
    #expect(lines.all[0].contains("visible"))
  }

  @Test(arguments: [
    "connecting to postgres://teller:hunter2@db/ledger", "postgresql://u:hun:hunter2@h",
    "host=db password=hunter2 x=1",
    "password='hunter2 with blanks'",
  ])
  func `masks a password inside a text`(text: String) {
    lines.log().info("\(text)", ["cause": text])
    #expect(!lines.all[0].contains("hunter2"))
  }

  @Test func `neither writes nor makes what is below its minimum`() {
    let made = Mutex(0)
    func costly() -> String { made.withLock { $0 += 1 }; return "x" }
    let log = lines.log(.notice)
    log.info(costly(), ["field": costly()])
    log.notice("kept")
    log.error("kept too")
    #expect(lines.all.count == 2)
    #expect(made.withLock { $0 } == 0)
  }

  @Test func `orders its levels`() {
    #expect(EventLog.Level.allCases == EventLog.Level.allCases.sorted())
    #expect(EventLog.Level.trace < .error)
  }

  @Test func `adds the fields of its context, and lets an event override them`() throws {
    lines.log(.trace, .json).with(["topic": "transfers", "n": 1]).info("x", ["n": 2])
    #expect(lines.all[0].contains("\"topic\":\"transfers\",\"n\":2}"))
  }

  @Test func `keeps a field from standing for the event's own time, level or message`() throws {
    lines.log(.trace, .json).info("true message", ["message": "false"])
    #expect(try object()["message"] as? String == "true message")
    #expect(try object()["field.message"] as? String == "false")
  }

  @Test func `colours only when asked`() {
    lines.log(isColoured: true).error("x")
    lines.log(.trace, .json, isColoured: true).error("x")
    #expect(lines.all[0].contains("\u{1B}[31merror\u{1B}[0m"))
    #expect(!lines.all[1].contains("\u{1B}"))
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (-1, "1969-12-31T23:59:59.999Z"), (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
      (1_709_251_199_001, "2024-02-29T23:59:59.001Z"),
    ] as [(Int64, String)])
  func `writes any time in UTC`(time: Int64, text: String) {
    lines.log(at: time).info("x")
    #expect(lines.all[0].hasPrefix(text + " "))
  }
}
