import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// Services in two other languages that know the contract files and nothing of Teller.
  @Suite(.enabled(if: ContractTools.areExpected, "\(ContractTools.missing ?? "")"))
  struct `serving services in other languages` {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let contract = folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/Contract")

    private func expectSuccess(_ service: ChildProcess, _ fleet: Fleet) {
      #expect(service.exitStatus == 0, "\(service.tail())\n\(fleet.tails)")
    }

    @Test(arguments: BrokerKind.here)
    func `tell Python everything by the contract`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind), accounts: 2)
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let service = try ContractTools.run(
        ContractTools.python,
        [
          Self.folder.appending(path: "service.py").path, "--brokers", scenario.broker.bootstrapServers,
          "--topic", scenario.topic, "--contract", Self.contract.path, "--run", "py", "--transfers", "200",
        ], within: .seconds(90))
      expectSuccess(service, fleet)
      #expect(service.standardOutput.last?.contains("\"balance\": -201") == true, "\(service.tail())")
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [])
    }

    @Test(arguments: BrokerKind.here)
    func `tell a shell with kcat`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind), accounts: 2)
      let fleet = Fleet(scenario)
      try fleet.start(1)
      let service = try ContractTools.run(
        URL(fileURLWithPath: "/bin/bash"),
        [Self.folder.appending(path: "service.sh").path, scenario.broker.bootstrapServers, scenario.topic, "sh"],
        within: .seconds(90))
      expectSuccess(service, fleet)
      #expect(service.standardOutput.count >= 6, "\(service.tail())")
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [])
    }
  }
}
