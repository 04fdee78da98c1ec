import Foundation
import KafkaClient
import PostgresClient
import Synchronization
import Teller
import TellerIntegrationKit
import Testing

/// A broker in this process, a database of its own, and the stock worker between them.
final class StockWorld {
  let topic = "orders"
  let cluster: MockCluster
  let kafka: KafkaConfiguration
  let database: String

  init(partitions: Int32 = 3) throws {
    cluster = try MockCluster()
    try cluster.createTopic(topic, partitions: partitions)
    // The embedded broker creates none at a worker's request.
    for output in OutputTopic.allCases {
      try cluster.createTopic(output.name(beside: topic), partitions: partitions)
    }
    kafka = KafkaConfiguration(
      brokers: cluster.bootstrapServers,
      overrides: ["fetch.wait.max.ms": "10", "session.timeout.ms": "4000"])
    database = try TemporaryPostgres.shared.createDatabase("stock")
    try migrateStock(database: database)
    var connection = try TemporaryPostgres.shared.connect(database)
    try connection.execute("insert into stock.warehouse values ('north'), ('south')")
  }

  /// Sends events under this key, in order, as any service would; waits for their reports.
  func send(key: String, _ values: [String]) throws {
    let producer = try Producer(
      KafkaConfiguration(brokers: cluster.bootstrapServers), onReport: { #expect($0.error == nil) })
    for value in values { try producer.produce(topic: topic, key: Array(key.utf8), value: Array(value.utf8)) }
    #expect(producer.flush(timeout: .seconds(30)))
    #expect(producer.close(within: .seconds(10)))
  }

  /// Runs a worker until everything is decided.
  func work() async throws -> (exit: WorkerExit, outcomes: [BatchOutcomes]) {
    let committed = Outcomes()
    let worker = try makeStockWorker(
      kafka: kafka, database: database, topic: topic, group: "warehouse", untilIdle: .milliseconds(300)
    ) { event in
      if case .committed(_, let outcomes, _) = event { committed.all.withLock { $0.append(outcomes) } }
    }
    let exit = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: worker.run { Issue.record("the watchdog bit: \($0)") })
      }
    }
    return (exit, committed.all.withLock { $0 })
  }

  /// A query's rows as texts, null as `-`.
  func rows(_ sql: String) throws -> [[String]] {
    var connection = try TemporaryPostgres.shared.connect(database)
    let rows = try connection.query(Statement("question", sql))
    return try (0..<rows.count).map { row in
      try (0..<rows.columns).map { column in
        try rows.isNull(row, column) ? "-" : try rows.text(row, column)
      }
    }
  }
}

/// What a worker reported as committed. A class, because its lock cannot be copied.
private final class Outcomes: Sendable {
  let all = Mutex<[BatchOutcomes]>([])
}

/// An order event as a service writes it.
func movement(_ eventID: String, _ sku: String, _ warehouse: String, _ quantity: Int) -> String {
  #"{"event_id":"\#(eventID)","sku":"\#(sku)","warehouse":"\#(warehouse)","quantity":\#(quantity)}"#
}
