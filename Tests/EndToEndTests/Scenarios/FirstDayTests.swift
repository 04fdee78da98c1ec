import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// What somebody does on the first day, with nothing but the program.
  @Suite struct `with the other commands` {
    @Test func `take a newcomer from nothing to proven books`() throws {
      let broker = try EmbeddedBroker(topics: [
        "transfers": 6
      ])
      defer { broker.kill() }
      let environment = [
        "TELLER_BROKERS": broker.bootstrapServers,
        "TELLER_POSTGRES_URL": try TemporaryPostgres.shared.createDatabase("day"),
        "TELLER_KAFKA_SESSION_TIMEOUT_MS": "4000",
      ]
      func run(_ line: String) throws -> ChildProcess {
        let command = try TellerProcess.run(
          line.split(separator: " ").map(String.init), environment: environment)
        #expect(command.exitStatus == 0, "\(line): \(command.tail())")
        return command
      }
      _ = try run("migrate")
      _ = try run("accounts open --count 100 --balance 100000 --currency EUR")
      let made = "produce --count 5000 --accounts 100 --duplicates 5% --poison 1% --misrouted 0.5% --seed 7"
      _ = try run(made)
      _ = try run("worker --until-idle 2")
      // The same bytes once more: nothing is applied twice.
      let before = try run("accounts list --json").standardOutput
      _ = try run(made)
      _ = try run("worker --until-idle 2")
      #expect(try run("accounts list --json").standardOutput == before)
      #expect(!before.isEmpty)
      _ = try run("status")
      _ = try run("audit")
    }
  }
}
