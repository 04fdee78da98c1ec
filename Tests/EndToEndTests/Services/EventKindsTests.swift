import KafkaClient
import Teller
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// Every kind of event and dead letter as a real worker publishes it, and Python's judgement by the contract files.
  @Suite(.enabled(if: ContractTools.areExpected, "\(ContractTools.missing ?? "")"))
  struct `publishing every kind of event` {
    private static let payer = #"Kasse "Süd" №7\😀"#
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private static let uuid = "8B1FD0A2-5B1C-4C7E-9A55-0D8E1F0F6C11"

    private static func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func opening(
      _ key: String, _ account: String, overdraft: Int = 0, in currency: String = "EUR"
    )
      -> Request
    {
      Request(
        key: account,
        value: """
          {"type":"open_account","idempotency_key":\(quoted(key)),"account":\(quoted(account)),\
          "currency":"\(currency)","overdraft":\(overdraft)}
          """)
    }

    private static func transfer(
      _ key: String, from debit: String = payer, to credit: String = "b", _ amount: Int = 5, more: String = ""
    ) -> Request {
      Request(
        key: debit,
        value: """
          {"idempotency_key":\(quoted(key)),"debit_account":\(quoted(debit)),"credit_account":\(quoted(credit)),\
          "amount":\(amount),"currency":"EUR"\(more)}
          """)
    }

    private struct Request {
      var key: String?
      var value: String?
      var headers: [(String, [UInt8]?)] = []
      var isMisplaced = false

      func with(_ headers: (String, String?)...) -> Request {
        var request = self
        request.headers = headers.map { ($0.0, $0.1.map { Array($0.utf8) }) }
        return request
      }
    }

    /// First the accounts, which others need; then all else, with what becomes of it.
    private static let openings = [
      opening("öffne \"1\"", payer, overdraft: 100), opening("open-b", "b"),
      opening("open-usd", "usd", in: "USD"),
    ]
    private static let requests: [(Request, String)] = [
      (transfer("Bestellung № \"7\" \\ 😀").with(("traceparent", trace), ("other", "x")), "applied"),
      (transfer(uuid, more: #","reference":"\"\\\u00e4","metadata":{"a":[1,{"b":null}]}"#), "applied"),
      (transfer("spaces", more: "\n , \"requested_at\" : \"2026-11-24T08:15:30Z\" "), "applied"),
      (transfer("Bestellung № \"7\" \\ 😀").with(("traceparent", trace)), "duplicate"),
      (transfer(uuid.lowercased(), 6), "rejected idempotency_key_reused"),
      (transfer("much", 1_000_000), "rejected insufficient_funds"),
      (transfer("much", 1_000_000), "duplicate"),
      (transfer("to nobody", to: "nobody"), "rejected credit_account_not_found"),
      (transfer("from nobody", from: "nobody"), "rejected debit_account_not_found"),
      (transfer("to itself", to: payer), "rejected accounts_must_differ"),
      (transfer("to usd", to: "usd"), "rejected currency_mismatch"),
      (opening("open again", "b"), "rejected account_exists"),
      (Request(key: payer, value: "{\"").with(("traceparent", trace)), "dead undecodable"),
      (Request(key: payer, value: nil), "dead undecodable"),
      (
        transfer("wrong", -1).with(("own", "ä"), ("none", nil), ("teller-code", "own"), ("own", "2")),
        "dead invalid_request"
      ),
      (Request(key: payer, value: "[\(String(repeating: " ", count: 70_000))]"), "dead too_large"),
      (Request(key: nil, value: "{}"), "dead misrouted"),
      (Request(key: String(repeating: "k", count: 200), value: "{}"), "dead too_large"),
      (Request(key: payer, value: transfer("elsewhere").value, isMisplaced: true), "dead misrouted"),
    ]

    private func send(_ requests: [Request], to scenario: Scenario) throws {
      let counter = Sender.Counter()
      let producer = try Producer(scenario.broker.configuration(), onReport: { counter.count($0) })
      defer { producer.close(within: .seconds(5)) }
      for request in requests {
        let key = request.key.map { Array($0.utf8) }
        var partition =
          key.map { Partitioner.murmur2.partition(key: $0.span.bytes, count: scenario.partitions) } ?? 0
        if request.isMisplaced { partition = (partition + 1) % scenario.partitions }
        try producer.produce(
          topic: scenario.topic, partition: partition, key: key, value: request.value.map { Array($0.utf8) },
          headers: request.headers)
      }
      guard producer.flush(timeout: .seconds(30)), counter.failures.isEmpty else {
        throw ScenarioError("not sent: \(counter.failures)")
      }
    }

    @Test(arguments: BrokerKind.here)
    func `writes what the contract says`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind), partitions: 3, accounts: 1)
      let fleet = Fleet(scenario)
      try fleet.start(1)
      try send(Self.openings, to: scenario)
      try scenario.awaitDecided()
      try send(Self.requests.map(\.0), to: scenario)
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [])

      let told = try ContractService.survey(scenario)
      let events = told.filter { $0.channel == "outcomes" }
      let letters = told.filter { $0.channel == "dead-letters" }
      let outcomes = events.compactMap(\.event).map {
        [$0.outcome, $0.code].compactMap(\.self).joined(separator: " ")
      }
      #expect(outcomes.sorted() == (Self.openings.map { _ in "applied" } + Self.requests.map(\.1)).sorted())
      try expectText(events)
      try expectLetters(letters, events)
    }

    /// Keys, traces and requests come out as they went in.
    private func expectText(_ events: [ContractService.Told]) throws {
      let order = try #require(events.first { $0["idempotency-key"] == "Bestellung № \"7\" \\ 😀" })
      #expect(order.key == Self.payer)
      #expect(order.headers["traceparent"] == Self.trace)
      #expect(order.headers["other"] == nil)
      let name = Self.quoted(Self.payer)
      let sent = try #require(Self.requests[0].0.value)
      #expect(order.text?.contains("\"request\":\(sent),") == true, "\(order)")
      #expect(
        order.text?.contains("\"balances\":[{\"account\":\(name),\"balance\":-5,\"version\":1},") == true,
        "\(order)")
      let opened = try #require(events.first { $0["idempotency-key"] == "öffne \"1\"" })
      #expect(
        opened.text?.contains("\"balances\":[{\"account\":\(name),\"balance\":0,\"version\":0}]") == true,
        "\(opened)")
      #expect(events.filter { $0["idempotency-key"] == Self.uuid.lowercased() }.count == 2)
      let again = try #require(events.first { $0.event?.outcome == "duplicate" })
      #expect(
        again.text?.contains(
          "\"first\":{\"outcome\":\"applied\",\"code\":null,\"incarnation\":1,\"partition\":\(order.partition),"
            + "\"offset\":\(order["origin-offset"] ?? "")}") == true, "\(again)")
      #expect(events.filter { $0.headers["traceparent"] != nil }.count == 3)
      // A null key and one over the limit are told under none.
      #expect(events.filter { $0.key == nil }.count == 2)
      #expect(events.first { $0["idempotency-key"] == "wrong" }?.event?.code == "invalid_request")
    }

    /// Dead letters are what was sent, and behind their headers stands why.
    private func expectLetters(_ letters: [ContractService.Told], _ events: [ContractService.Told]) throws {
      let dead = Self.requests.filter { $0.1.hasPrefix("dead") }
      #expect(letters.count == dead.count)
      let sent = dead.map { ["\($0.0.key ?? "-")", $0.0.value ?? "-", String($0.1.dropFirst(5))] }
      let found = letters.map { [latin($0.key) ?? "-", latin($0.letter) ?? "-", $0["code"] ?? ""] }
      #expect(found.map { $0.joined() }.sorted() == sent.map { $0.joined() }.sorted())
      let wrong = try #require(letters.first { $0.headers["own"] != nil })
      #expect(
        wrong.names == [
          "own", "none", "teller-code", "own", "teller-code", "teller-reason", "teller-origin-topic",
          "teller-origin-partition", "teller-origin-offset", "teller-incarnation", "teller-history",
          "teller-event-id",
        ])
      #expect(wrong["code"] == "invalid_request")
      for letter in letters {
        #expect(events.first { $0.place == letter.place }?["event-id"] == letter["event-id"])
      }
    }

    /// Text that came as one character for each byte.
    private func latin(_ text: String?) -> String? {
      text.map {
        String(decoding: $0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }, as: UTF8.self)
      }
    }
  }
}
