import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// Services in two other languages that know the contract files and nothing of Teller.
  @Suite(.enabled(if: ContractTools.areExpected, "\(ContractTools.missing ?? "")"))
  struct `serving services in other languages` {
    /// The worker is killed between producing events and their cursor, so that its heirs repeat some.
    @Test(arguments: BrokerKind.here)
    func `tell Python everything by the contract, though one is killed`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind), accounts: 2)
      let fleet = Fleet(scenario)
      let victim = try fleet.start(environment: ["TELLER_CRASH_AT": "publish.afterReport:3"])
      let service = try ContractService.start(scenario, ["--run", "py", "--transfers", "200"])
      #expect(try victim.waitForExit(within: .seconds(40)) == -SIGKILL, "\(victim.tail())\n\(service.tail())")
      try fleet.start(2)
      try expectSuccess(service, fleet)
      #expect(service.standardOutput.last?.contains("\"balance\": -201") == true, "\(service.tail())")
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [])
    }

    @Test(arguments: BrokerKind.here)
    func `tell a shell with kcat`(kind: BrokerKind) throws {
      try ContractService.requireTools()
      let scenario = try Scenario(on: TestBroker(kind), accounts: 2)
      let fleet = Fleet(scenario)
      try fleet.start(1)
      let service = try ChildProcess(
        URL(fileURLWithPath: "/bin/bash"),
        [ContractService.file("service.sh"), scenario.broker.bootstrapServers, scenario.topic, "sh"])
      try expectSuccess(service, fleet)
      #expect(service.standardOutput.count == 6, "\(service.tail())")
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [])
    }

    private func expectSuccess(_ service: ChildProcess, _ fleet: Fleet) throws {
      let status = try service.waitForExit(within: .seconds(90))
      try service.waitForOutputEnd(within: .seconds(5))
      #expect(status == 0, "\(service.tail())\n\(fleet.tails)")
    }
  }
}

/// The service in Python.
enum ContractService {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  /// The files that it works by.
  private static let contract = folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Contract")

  /// Where they are required, the words say what to install.
  static func requireTools() throws {
    if let missing = ContractTools.missing { throw ScenarioError(missing) }
  }

  static func file(_ name: String) -> String { folder.appending(path: name).path }

  static func start(_ scenario: Scenario, _ arguments: [String]) throws -> ChildProcess {
    try requireTools()
    return try ChildProcess(
      ContractTools.python,
      [
        file("service.py"), "--brokers", scenario.broker.bootstrapServers, "--topic", scenario.topic,
        "--contract",
        contract.path,
      ] + arguments)
  }

  /// A record of an output topic, as Python found it right.
  struct Told: Decodable {
    struct Value: Decodable {
      let outcome: String
      let code: String?
    }
    let channel: String
    let partition: Int32
    let key: String?
    let headers: [String: String?]
    /// The headers of a dead letter, in order.
    let names: [String]?
    /// The bytes of a dead letter's value, each as one character.
    let letter: String?
    /// The value of an event.
    let event: Value?
    /// The value of an event, as text without spaces.
    let text: String?

    subscript(name: String) -> String? { headers["teller-\(name)"] ?? nil }

    var place: Place {
      Place(partition: partition, offset: self["origin-offset"].flatMap { Int64($0) } ?? -1)
    }
  }

  /// Lets Python check every record of both output topics by the contract files.
  static func survey(_ scenario: Scenario) throws -> [Told] {
    let service = try start(scenario, ["--survey"])
    let status = try service.waitForExit(within: .seconds(90))
    try service.waitForOutputEnd(within: .seconds(5))
    guard status == 0 else { throw ScenarioError("the survey failed: \(service.tail())") }
    return try service.standardOutput.map { try JSONDecoder().decode(Told.self, from: Data($0.utf8)) }
  }
}
