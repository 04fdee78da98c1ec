import PostgresClient
import Teller
import TellerTestKit
import Testing

@testable import TellerPostgres

@Suite struct `A handler's part of the transaction` {
  private typealias Words = StoreWords

  private let harness: PostgresHarness
  private let store: PostgresStore
  private let owner: Ownership

  init() throws {
    harness = try PostgresHarness()
    try harness.execute(
      """
      create table parent (id int4 primary key);
      create table child (id int4 references parent deferrable initially deferred);
      """)
    store = try harness.makeStore()
    owner = try harness.takeOver(0, owner: "a")
  }

  private static let orphan = Statement("orphan", "insert into child values (1)")

  @Test func `answers for its deferred constraints`() throws {
    let fence = Words.fence(owner, to: 1)
    try Words.open(store, fence, Words.claims(1))
    store.enter(.handler)
    try store.transaction.send(Self.orphan)
    try store.endHandlerPart()
    store.enter(.engine)
    try Words.persist(store, fence)
    let failure = #expect(throws: StoreFailure.self) { try store.commit {} }
    #expect(failure?.kind == .refused)
    #expect(failure?.code == "23503")
    try store.rollback()
    try Words.run(store, fence, Words.claims(1))
  }

  /// What the statement before shows the need of: at COMMIT the same error is nobody's record.
  @Test func `that did not check its constraints would have them count as the engine's`() throws {
    let fence = Words.fence(owner, to: 1)
    try Words.open(store, fence, Words.claims(1))
    store.enter(.handler)
    try store.transaction.send(Self.orphan)
    store.enter(.engine)
    try Words.persist(store, fence)
    let failure = #expect(throws: StoreFailure.self) { try store.commit {} }
    #expect(failure?.kind == .unexpected)
    try store.rollback()
    #expect(try harness.ownerRow(of: 0).nextOffset == 0)
  }

  @Test func `may fail in its loading, and then counts as the handler's too`() throws {
    try store.begin(Words.fence(owner, to: 1))
    store.enter(.handler)
    try store.transaction.send(Statement("divide", "select 1 / 0"))
    store.enter(.engine)
    try store.drawSequence()
    let failure = #expect(throws: StoreFailure.self) { try store.synchronize() }
    #expect(failure?.kind == .refused)
    #expect(failure?.code == "22012")
    try store.rollback()
  }

  @Test func `whose statement is wrong stops the process`() throws {
    try store.begin(Words.fence(owner, to: 1))
    store.enter(.handler)
    try store.transaction.send(Statement("nowhere", "select * from nowhere"))
    try store.drawSequence()
    let failure = #expect(throws: StoreFailure.self) { try store.synchronize() }
    #expect(failure?.kind == .broken)
    try store.rollback()
  }
}
