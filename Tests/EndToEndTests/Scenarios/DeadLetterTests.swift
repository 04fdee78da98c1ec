import Foundation
import KafkaClient
import PostgresClient
import Teller
import TellerIntegrationKit
import TellerPostgres
import Testing

@testable import TellerCLI

extension `Worker processes` {
  /// An operator with `teller dead-letters`, and workers between the commands.
  @Suite struct `and the dead letters that` {
    /// Runs one command; with `--json`, unless `asText`.
    private func run(
      _ words: String..., on scenario: Scenario, brokers: String? = nil, asText: Bool = false
    ) throws -> ChildProcess {
      var line = ["dead-letters"] + words + ["--topic", scenario.topic, "--postgres", scenario.database]
      if words[0] == "redrive" { line += ["--brokers", brokers ?? scenario.broker.bootstrapServers] }
      if words[0] == "redrive" || words[0] == "discard" { line += ["--reason", "a test", "--by", "ann"] }
      return try TellerProcess.run(line + (asText ? [] : ["--json"]))
    }

    private func objects(_ process: ChildProcess) throws -> [[String: Any]] {
      try process.standardOutput.map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    }

    private func list(_ scenario: Scenario, state: String = "open") throws -> [String] {
      try objects(run("list", "--state", state, on: scenario)).compactMap { $0["id"] as? String }
    }

    private func show(_ id: String, _ scenario: Scenario) throws -> [String: Any] {
      try #require(try objects(run("show", id, on: scenario)).first)
    }

    private func drain(_ scenario: Scenario) throws {
      let fleet = Fleet(scenario)
      #expect(try fleet.drain(idle: 1) == [0], "\(fleet.tails)")
    }

    /// So many good requests in wrong partitions, sent and found dead. Returns the requests.
    @discardableResult
    private func kill(_ count: UInt64, _ scenario: Scenario) throws -> [GeneratedRequest] {
      var settings = scenario.settings(count, isMixed: false)
      settings.misrouted = 1
      try scenario.produce(settings)
      try drain(scenario)
      return Array(TransferGenerator(settings))
    }

    private func counts(_ scenario: Scenario) throws -> [String: Int] {
      try Outcomes(of: scenario, in: scenario.books).counts
    }

    @Test(arguments: BrokerKind.here)
    func `are redriven become one effect each, however often`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind), accounts: 10)
      try kill(20, scenario)
      let ids = try list(scenario)
      #expect(ids.count == 20)
      let ends = try scenario.logEnds()

      // A filter is counted first, and nothing is sent.
      let counted = try run("redrive", "--code", "misrouted", on: scenario)
      #expect(counted.exitStatus == 2 && counted.tail().contains("--yes"), "\(counted.tail())")
      #expect(try objects(counted).first?["matching"] is [[String: Any]])
      #expect(try scenario.logEnds() == ends && list(scenario) == ids)

      let redriven = try run("redrive", "--code", "misrouted", "--yes", on: scenario)
      #expect(redriven.exitStatus == 0, "\(redriven.tail())")
      #expect(try list(scenario).isEmpty && list(scenario, state: "redriven") == ids)
      try drain(scenario)
      #expect(try counts(scenario) == ["dead": 20, "applied": 20])

      // By a filter none is left; by id each may be sent again, and nothing more happens.
      #expect(try run("redrive", "--code", "misrouted", "--yes", on: scenario).exitStatus == 0)
      #expect(try run("redrive", ids[0], ids[1], ids[0], on: scenario).exitStatus == 0)
      try drain(scenario)
      #expect(try counts(scenario) == ["dead": 20, "applied": 20, "duplicate": 2])
      #expect(try Verdict(scenario).findings == [])

      let shown = try show(ids[0], scenario)
      let actions = try #require(shown["actions"] as? [[String: Any]])
      #expect(actions.map { $0["outcome"] as? String } == ["applied", "duplicate"])
      #expect(actions.allSatisfy { $0["actor"] as? String == "ann" && $0["reason"] as? String == "a test" })
      #expect(shown["redrive_outcome"] as? String == "duplicate")
    }

    /// The service and the operator both mend it.
    @Test func `were resent by their service meanwhile are duplicates`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      let requests = try kill(1, scenario)
      let id = try #require(try list(scenario).first)
      #expect(try show(id, scenario)["redrive_outcome"] is NSNull)
      let service = try Sender(scenario)
      for request in requests {
        try service.send(GeneratedRequest(key: request.key, value: request.value, kind: .transfer))
      }
      try service.flush()
      try drain(scenario)
      #expect(try counts(scenario) == ["dead": 1, "applied": 1])
      let text = try run("show", id, on: scenario, asText: true).standardOutput.joined(separator: "\n")
      #expect(text.contains("applied") && text.contains("it would be a duplicate"), "\(text)")
      #expect(try run("redrive", id, on: scenario).exitStatus == 0)
      try drain(scenario)
      #expect(try counts(scenario) == ["dead": 1, "applied": 1, "duplicate": 1])
      #expect(try Verdict(scenario).findings == [])
    }

    @Test func `have no key, or one that is too long, are sent under the account they debit`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      let good = Array(TransferGenerator(scenario.settings(2, isMixed: false)))
      let sender = try Sender(scenario)
      try sender.send(GeneratedRequest(key: nil, value: good[0].value, kind: .transfer))
      let long = [UInt8](repeating: UInt8(ascii: "k"), count: 129)
      try sender.send(GeneratedRequest(key: long, value: good[1].value, kind: .transfer))
      try sender.flush()
      try drain(scenario)
      let ids = try list(scenario)
      #expect(ids.count == 2)
      #expect(try run("redrive", ids[0], ids[1], on: scenario).exitStatus == 0)
      try drain(scenario)
      #expect(try counts(scenario) == ["dead": 2, "applied": 2])
      #expect(try Verdict(scenario).findings == [])
    }

    /// Headers stay, in order; the two of the redrive are laid over what was there, and the fourth needs force.
    @Test func `were redriven three times are sent only by force`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      try kill(1, scenario)
      let id = try #require(try list(scenario).first)
      try scenario.books.execute(
        """
        update teller.dead_letter set headers =
          '[["traceparent","MDA="],["teller-redrive-count","Mw=="],["x",null],["teller-redrive-of","YQ=="]]'
        """)
      let ends = try scenario.logEnds()
      let refused = try run("redrive", id, on: scenario)
      #expect(refused.exitStatus == 1 && refused.tail().contains("redriven_too_often"), "\(refused.tail())")
      #expect(try scenario.logEnds() == ends)
      #expect(try run("redrive", id, "--force", on: scenario).exitStatus == 0)
      let target = try #require(try show(id, scenario)["target"] as? [String: Any])
      let sent = try HeaderCopy.read(
        scenario, partition: Int32(target["partition"] as? Int ?? -1),
        offset: Int64(target["offset"] as? Int ?? -1))
      #expect(sent == ["traceparent=00", "x=null", "teller-redrive-count=4", "teller-redrive-of=1:\(id)"])
      try drain(scenario)
      #expect(try counts(scenario) == ["dead": 1, "applied": 1])
    }

    @Test func `would die again are sent only by force, and die again`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      var settings = scenario.settings(12, isMixed: false)
      settings.poison = 1
      try scenario.produce(settings)
      try drain(scenario)
      let ids = try list(scenario)
      let dead = try objects(run("list", "--code", "invalid_request", on: scenario))
      let id = try #require(dead.first?["id"] as? String)
      let refused = try run("redrive", id, on: scenario)
      #expect(refused.exitStatus == 1 && refused.tail().contains("would_die_again"), "\(refused.tail())")
      #expect(try scenario.books.number("select count(*) from teller.dead_letter_action") == 0)
      #expect(try run("redrive", id, "--force", on: scenario).exitStatus == 0)
      try drain(scenario)
      #expect(try list(scenario).count == ids.count)
      let actions = try #require(try show(id, scenario)["actions"] as? [[String: Any]])
      #expect(actions.first?["outcome"] as? String == "dead")
    }

    /// Its new letter knows by its own headers how often it was sent, without anybody telling it.
    @Test func `die again and again are sent three times`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      let key = try #require(try kill(1, scenario).first?.key)
      func place(_ partitioner: Partitioner) -> Int32 {
        partitioner.partition(key: key.span.bytes, count: scenario.partitions)
      }
      let wrong = try #require([.crc32, .fnv1a].first { place($0) != place(.murmur2) })
      var id = try #require(try list(scenario).first)
      for time in 1...3 {
        // An operator who believes in the wrong partitioner: it dies as misrouted each time.
        try scenario.books.execute("update teller.incarnation set partitioner = 'unverified'")
        let sent = try run("redrive", id, "--partitioner", wrong.rawValue, on: scenario)
        #expect(sent.exitStatus == 0, "\(sent.tail())")
        try scenario.books.execute("update teller.incarnation set partitioner = 'murmur2'")
        try drain(scenario)
        let again = try list(scenario)
        #expect(again.count == 1 && again != [id])
        id = try #require(again.first)
        let headers = try #require(try show(id, scenario)["headers"] as? [[Any]])
        #expect(headers.first?.last as? String == Data("\(time)".utf8).base64EncodedString())
      }
      let refused = try run("redrive", id, on: scenario)
      #expect(refused.exitStatus == 1 && refused.tail().contains("redriven_too_often"), "\(refused.tail())")
      #expect(try run("redrive", id, "--force", on: scenario).exitStatus == 0)
      try drain(scenario)
      #expect(try counts(scenario) == ["dead": 4, "applied": 1])
      #expect(try Verdict(scenario).findings == [])
    }

    @Test func `are discarded are closed, with a reason`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      try kill(5, scenario)
      let ids = try list(scenario)
      #expect(try run("discard", ids[0], on: scenario).exitStatus == 0)
      #expect(try list(scenario) == Array(ids.dropFirst()))
      let twice = try run("discard", ids[0], ids[1], on: scenario)
      #expect(twice.exitStatus == 1 && twice.tail().contains(ids[0]), "\(twice.tail())")
      let refused = try run("redrive", ids[0], "77:1", on: scenario)
      #expect(refused.exitStatus == 1 && refused.tail().contains("no_dead_letter"), "\(refused.tail())")
      #expect(try run("discard", "--since", "1h", on: scenario).exitStatus == 2)
      #expect(try run("discard", "--since", "1h", "--limit", "2", "--yes", on: scenario).exitStatus == 0)
      #expect(try list(scenario).count == 1)
      #expect(try list(scenario, state: "discarded").count == 4)
      #expect(try run("redrive", ids[0], "--force", on: scenario).exitStatus == 0)
      #expect(try list(scenario, state: "redriven") == [ids[0]])
    }

    /// Killed while the broker does not answer: the intent is there, and nobody knows more.
    @Test func `a killed redrive leaves unknown are found and redriven`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      try kill(3, scenario)
      let broker = try #require(scenario.broker.mock)
      // NOT_LEADER_FOR_PARTITION: the client goes on trying.
      broker.pushErrors(apiKey: .produce, codes: [Int32](repeating: 6, count: 10_000))
      let redrive = try TellerProcess.start([
        "dead-letters", "redrive", "--code", "misrouted", "--yes", "--reason", "a test", "--topic",
        scenario.topic,
        "--postgres", scenario.database, "--brokers", scenario.broker.bootstrapServers,
      ])
      try Observation.wait(for: "three intents", within: .seconds(30)) {
        try scenario.books.number("select count(*) from teller.dead_letter_action") == 3
      }
      redrive.kill()
      _ = try redrive.waitForExit(within: .seconds(10))
      broker.clearErrors(apiKey: .produce)
      #expect(try list(scenario).count == 3)
      let text = try run("list", on: scenario, asText: true).standardOutput.joined(separator: "\n")
      #expect(text.contains("open (a redrive's end is unknown)"), "\(text)")
      #expect(try run("redrive", "--code", "misrouted", "--yes", on: scenario).exitStatus == 0)
      try drain(scenario)
      #expect(try counts(scenario)["applied"] == 3)
      #expect(try Verdict(scenario).findings == [])
    }

    @Test func `the broker refuses stay open, and the command says so`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      try kill(1, scenario)
      let id = try #require(try list(scenario).first)
      scenario.broker.mock?.pushErrors(apiKey: .produce, codes: [KafkaError.Code.msgSizeTooLarge])
      let failed = try run("redrive", id, on: scenario)
      #expect(failed.exitStatus == 1 && failed.tail().contains("\"failed\":1"), "\(failed.tail())")
      #expect(try list(scenario) == [id])
      #expect(try show(id, scenario)["last_result"] as? String == "failed")
    }

    @Test func `are not sent to another cluster, nor by a guessed partitioner`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 10)
      try kill(1, scenario)
      let id = try #require(try list(scenario).first)
      let stranger = try MockCluster()
      try stranger.createTopic(scenario.topic, partitions: scenario.partitions)
      let elsewhere = try run("redrive", id, on: scenario, brokers: stranger.bootstrapServers)
      #expect(elsewhere.exitStatus == 2 && elsewhere.tail().contains("cluster"), "\(elsewhere.tail())")
      let other = try run("redrive", id, "--partitioner", "crc32", on: scenario)
      #expect(other.exitStatus == 2 && other.tail().contains("murmur2"), "\(other.tail())")
      try scenario.books.execute("update teller.incarnation set partitioner = 'unverified'")
      let guessed = try run("redrive", id, on: scenario)
      #expect(guessed.exitStatus == 2 && guessed.tail().contains("--partitioner"), "\(guessed.tail())")
      #expect(try scenario.books.number("select count(*) from teller.dead_letter_action") == 0)
      #expect(try run("redrive", id, "--partitioner", "murmur2", on: scenario).exitStatus == 0)
      try scenario.books.execute("update teller.incarnation set partitioner = 'murmur2'")
      try drain(scenario)
      #expect(try counts(scenario) == ["dead": 1, "applied": 1])
    }
  }
}

/// The headers of one record, as the log has them.
private enum HeaderCopy {
  static func read(_ scenario: Scenario, partition: Int32, offset: Int64) throws -> [String] {
    let reader = try Consumer(scenario.broker.configuration(["fetch.wait.max.ms": "10"]))
    defer { _ = reader.close(within: .seconds(10)) }
    let queue = try reader.partitionQueue(topic: scenario.topic, partition: partition)
    try reader.assign([(partition: partition, offset: offset)], topic: scenario.topic)
    var headers: [String]?
    try Observation.wait(for: "the record that was sent", within: .seconds(20)) {
      while reader.poll(timeout: .zero) != nil {}
      _ = queue.pop { record in
        guard record.offset == offset else { return }
        headers = record.headers().map { header in
          "\(header.name)=\(header.value.map { String(decoding: $0, as: UTF8.self) } ?? "null")"
        }
      }
      return headers != nil
    }
    return headers ?? []
  }
}
