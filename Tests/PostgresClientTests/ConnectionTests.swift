import PostgresClient
import TellerIntegrationKit
import Testing

@Suite struct `A connection` {
  @Test func `runs a statement and reads its row`() throws {
    let server = try TemporaryPostgres.shared
    var connection = try server.connect(server.url)
    var parameters = Parameters()
    parameters.int8(20)
    parameters.text("é")
    let rows = try connection.query(
      Statement("twice", "SELECT $1 * 2, $2", .int8, .text), parameters)
    #expect(try rows.int8(0, 0) == 40)
    #expect(try rows.text(0, 1) == "é")
    #expect(rows.commandTag == "SELECT 1")
    #expect(rows.affected == 1)
    #expect(connection.serverVersion >= 150_000)
  }
}
