import Foundation
import KafkaClient
import TellerIntegrationKit
import Testing

/// `teller outcomes` over events that the test publishes itself, as Published.md says.
@Suite struct `The command teller outcomes` {
  private let cluster: MockCluster

  init() throws {
    cluster = try MockCluster()
    try cluster.createTopic("transfers-outcomes", partitions: 12)
  }

  /// One event of `acct-1` (partition 2) or `acct-42` (partition 3).
  private struct Event {
    var offset: Int64
    var key: String
    var account = "acct-42"
    var outcome = "applied"
    var code: String?
    var first = "null"

    var partition: Int32 { account == "acct-42" ? 3 : 2 }

    var value: String {
      let request =
        #"{"idempotency_key":"\#(key)",\#n"debit_account":"\#(account)","credit_account":"acct-7","amount":5,"currency":"EUR"}"#
      let balances =
        #"[{"account":"\#(account)","balance":95,"version":2},{"account":"acct-7","balance":5,"version":1}]"#
      return #"{"outcome":"\#(outcome)","code":\#(code.map { "\"\($0)\"" } ?? "null"),"#
        + #""decided_at":"2026-11-24T08:15:30.123456Z","request":\#(outcome == "dead" ? "null" : request),"#
        + #""balances":\#(outcome == "applied" ? balances : "null"),"first":\#(first)}"#
    }

    var headers: [(String, [UInt8]?)] {
      let parts: [(String, String?)] = [
        ("teller-outcome", outcome), ("teller-code", code),
        ("teller-event-id", "5f1c3d52-aaaa-8bbb-9ccc-00000000000a"), ("teller-idempotency-key", key),
        ("teller-origin-topic", "transfers"), ("teller-origin-partition", "\(partition)"),
        ("teller-origin-offset", "\(offset)"),
        ("teller-previous-offset", offset == 0 ? nil : "\(offset - 1)"), ("teller-incarnation", "1"),
        ("teller-epoch", "1"), ("teller-history", "1:0f0e0d0c-0b0a-4908-8706-050403020100"),
      ]
      return parts.compactMap { name, value in value.map { (name, Array($0.utf8)) } }
    }
  }

  private func publish(_ events: [Event]) throws {
    let producer = try Producer(
      KafkaConfiguration(brokers: cluster.bootstrapServers), onReport: { #expect($0.error == nil) })
    for event in events {
      try producer.produce(
        topic: "transfers-outcomes", partition: event.partition, key: Array(event.account.utf8),
        value: Array(event.value.utf8), headers: event.headers)
    }
    #expect(producer.flush(timeout: .seconds(30)))
    #expect(producer.close(within: .seconds(10)))
  }

  private func run(_ arguments: String...) throws -> ChildProcess {
    try TellerProcess.run(["outcomes", "--brokers", cluster.bootstrapServers] + arguments)
  }

  private let two = [
    Event(offset: 0, key: "a"), Event(offset: 1, key: "b", outcome: "rejected", code: "insufficient_funds"),
    Event(offset: 0, key: "a"),
  ]

  @Test func `prints what is there, each once, and stops`() throws {
    try publish(two + [Event(offset: 0, key: "c", account: "acct-1")])
    let all = try run()
    #expect(all.exitStatus == 0)
    #expect(all.standardOutput.count == 3)
    #expect(
      all.standardOutput.contains(
        "2026-11-24T08:15:30.123456Z  applied  transfers[3] offset 0  a  acct-42 -> acct-7 5 EUR  "
          + "balances: acct-42 95, acct-7 5"))
    let one = try run("--account", "acct-1", "--json")
    #expect(one.standardOutput.count == 1)
    let line = try #require(one.standardOutput.first)
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(fields["outcome"] as? String == "applied" && fields["origin_partition"] as? Int == 2)
    #expect((fields["value"] as? [String: Any])?["balances"] is [Any])
    #expect(try run("--until-count", "2").standardOutput.count == 2)
  }

  @Test func `ends with 0 only where the request was applied`() throws {
    let again = #"{"outcome":"applied","code":null,"incarnation":1,"partition":3,"offset":0}"#
    try publish(
      two + [
        Event(offset: 2, key: "d", outcome: "dead", code: "invalid_request"),
        Event(offset: 3, key: "e", outcome: "dead", code: "invalid_request"), Event(offset: 4, key: "e"),
        Event(offset: 5, key: "a", outcome: "duplicate", first: again),
        Event(offset: 6, key: "a", outcome: "rejected", code: "idempotency_key_reused", first: again),
      ])
    #expect(try run("--key", "a").exitStatus == 0)
    #expect(try run("--key", "a").standardOutput.count == 3)
    #expect(try run("--key", "b").exitStatus == 1)
    #expect(try run("--key", "d").exitStatus == 1)
    #expect(try run("--key", "none").exitStatus == 1)
    for key in ["b", "d"] { #expect(try run("--key", key, "--follow").exitStatus == 1) }
    // Dead, and then corrected.
    #expect(try run("--key", "e", "--follow").exitStatus == 0)
    #expect(try run("--key", "none", "--follow", "--timeout", "1").exitStatus == 1)
  }

  @Test func `follows until it is told to end`() throws {
    try publish([Event(offset: 0, key: "a")])
    let child = try TellerProcess.start(
      ["outcomes", "--brokers", cluster.bootstrapServers, "--follow", "--account", "acct-42"])
    try child.waitForLine(containing: "following", within: .seconds(20))
    try publish([
      Event(offset: 0, key: "a"), Event(offset: 1, key: "b"), Event(offset: 0, key: "c", account: "acct-1"),
    ])
    try child.waitForLine(containing: "offset 1", within: .seconds(20))
    child.signal(SIGINT)
    #expect(try child.waitForExit(within: .seconds(20)) == 0)
    #expect(child.standardOutput.count == 1)
  }

  @Test func `says what is wrong with how it is used, and with the topic`() throws {
    #expect(try run("--timeout", "1").exitStatus == 2)
    #expect(try run("--key", String(repeating: "x", count: 65)).exitStatus == 2)
    #expect(try run("--account", String(repeating: "x", count: 129)).exitStatus == 2)
    let producer = try Producer(
      KafkaConfiguration(brokers: cluster.bootstrapServers), onReport: { #expect($0.error == nil) })
    try producer.produce(topic: "transfers-outcomes", partition: 0, key: nil, value: nil)
    #expect(producer.flush(timeout: .seconds(30)))
    #expect(producer.close(within: .seconds(10)))
    let flawed = try run()
    #expect(flawed.exitStatus == 1)
    #expect(flawed.standardError.contains { $0.contains("passed over") })
  }
}
