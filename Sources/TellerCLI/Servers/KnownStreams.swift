import PostgresClient
import TellerPostgres

/// A misspelt topic must not be answered with "nothing there": the person may pay a second time for it.
enum KnownStreams {
  /// Refuses a topic that no worker has adopted in this database.
  static func require(_ topic: String, on connection: inout Connection) throws {
    let topics: [String]
    do throws(PostgresError) {
      topics = try StreamReport.topics(on: &connection)
    } catch { throw CommandFailure(error) }
    guard topics.contains(topic) else { throw unknown(topic, topics) }
  }

  /// The refusal, with the topics there are.
  static func unknown(_ topic: String, _ topics: [String]) -> CommandFailure {
    CommandFailure(
      .wrongUsage, code: "no_stream",
      what: "no stream of the topic \(topic) was ever adopted in this database",
      meaning: "nothing was looked at",
      hint: topics.isEmpty
        ? "start a worker on the topic first; check --postgres"
        : "give one of: \(topics.joined(separator: ", "))")
  }
}
