import Teller
import Testing

@testable import TellerPostgres

/// Whether an owner is alive is told by the name that its sessions bear: a guess must never be "gone".
@Suite struct `An owner's name` {
  private func isAlive(_ harness: PostgresHarness) throws -> Bool {
    var session = try OperatorSession.open(SessionSettings.worker(url: harness.url, owner: "operator"))
    return try #require(try session.standing(of: 0, topic: "transfers")).isOwnerAlive
  }

  @Test(arguments: ["a", String(repeating: "a-long-name.", count: 7), "it's \\ \"quoted\"", "caisse-é"])
  func `shows that its worker is alive, while it is`(name: String) throws {
    let harness = try PostgresHarness()
    let store = try harness.makeStore(owner: name)
    _ = try harness.takeOver(0, owner: name)
    #expect(try isAlive(harness))
    withExtendedLifetime(store) {}
  }

  @Test func `that nobody bears any more is of a worker that is gone`() throws {
    let harness = try PostgresHarness()
    try harness.execute("update teller.owner set owner = 'nobody'")
    #expect(try !isAlive(harness))
  }

  /// The server spells it otherwise in its list of sessions, each version in its own way.
  @Test func `that is not ASCII counts as alive, since nobody can tell`() throws {
    let harness = try PostgresHarness()
    try harness.execute("update teller.owner set owner = 'caisse-é'")
    #expect(try isAlive(harness))
  }
}
