import Foundation
import KafkaClient
import Ledger
import Synchronization
import TellerKafka
import Testing

@testable import LedgerKafka
@testable import Teller

@Suite struct `A producer of transfers` {
  private let cluster: MockCluster
  private let configuration: KafkaConfiguration

  init() throws {
    cluster = try MockCluster()
    try cluster.createTopic("transfers", partitions: 12)
    configuration = KafkaConfiguration(brokers: cluster.bootstrapServers)
  }

  private func producer(
    _ limits: TransferProducer.Limits = TransferProducer.Limits(), partitioner: Partitioner = .murmur2
  ) throws -> TransferProducer {
    try TransferProducer(
      configuration: configuration, topic: "transfers", partitioner: partitioner, limits: limits)
  }

  private func transfer(_ debit: String = "acct-1", amount: Int64 = 5) throws -> LedgerRequest {
    .transfer(
      Transfer(
        debitAccount: debit, creditAccount: "acct-2", amount: amount, currency: try #require(Currency("EUR")))
    )
  }

  /// What lies in a partition.
  private func log(_ partition: Int32) throws -> RecordBatch {
    let reader = try KafkaLogReader(configuration: configuration, topic: "transfers")
    defer { reader.close(within: .seconds(10)) }
    let scout = try TopicScout(configuration: configuration, topic: "transfers")
    defer { scout.close(within: .seconds(10)) }
    let range = try scout.sight(for: "any").logRanges[Int(partition)]
    return try reader.records(in: range, of: partition, bytesMax: 1 << 20).batch
  }

  /// Results as they come, awaited by number.
  private final class Results: Sendable {
    private let all = Mutex<[SendResult]>([])
    private let came = DispatchSemaphore(value: 0)

    func add(_ result: SendResult) {
      all.withLock { $0.append(result) }
      came.signal()
    }

    var now: [SendResult] { all.withLock { $0 } }

    func await(_ count: Int) -> [SendResult] {
      for _ in 0..<count where came.wait(timeout: .now() + 30) == .timedOut {
        Issue.record("a result did not come")
        break
      }
      return now
    }
  }

  @Test func `places requests, and says where they are`() async throws {
    let producer = try producer()
    #expect(producer.partitionCount == 12)
    for (account, partition) in [("acct-1", Int32(2)), ("acct-2", 11), ("acct-42", 3)] {
      let prepared = try producer.prepare(
        transfer(account), headers: [RecordHeader(name: "traceparent", value: [0x30])])
      let receipt = try await producer.send(prepared)
      #expect(receipt == Receipt(partition: partition, offset: 0))
      let batch = try log(partition)
      #expect(batch.key(0).map(Array.init) == Array(account.utf8))
      #expect(batch.value(0).map(Array.init) == prepared.request.value)
    }
    #expect(producer.inFlight == 0)
    #expect(producer.close(within: .seconds(10)))
  }

  @Test(arguments: [Partitioner.murmur2, .crc32, .fnv1a])
  func `places as the stream's other producers do`(_ partitioner: Partitioner) throws {
    let producer = try producer(partitioner: partitioner)
    let receipt = try producer.sendBlocking(producer.prepare(transfer("acct-7")))
    let key = Array("acct-7".utf8)
    #expect(receipt.partition == partitioner.partition(key: key.span.bytes, count: 12))
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `refuses a wrong request before anything is sent`() throws {
    let producer = try producer()
    let error = #expect(throws: RequestError.self) { try producer.prepare(transfer(amount: 0)) }
    #expect(error?.code == .amount)
    #expect(throws: RequestError.self) { try producer.prepare(transfer(), idempotencyKey: "") }
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `gives each of many sendings one result, never more than so many at a time`() async throws {
    let producer = try producer(TransferProducer.Limits(inFlightMax: 7))
    let request = try transfer()
    let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
      for _ in 0..<500 {
        group.addTask {
          #expect(producer.inFlight <= 7)
          return try await producer.send(producer.prepare(request))
        }
      }
      return try await group.reduce(into: Set<Receipt>()) { $0.insert($1) }
    }
    #expect(receipts.count == 500)
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `refuses one too many, at once or when it has waited`() throws {
    let refusing = try producer(TransferProducer.Limits(inFlightMax: 2, whenFull: .refuse))
    let patient = try producer(
      TransferProducer.Limits(inFlightMax: 1, whenFull: .wait(.milliseconds(300))))
    try cluster.setRoundTrip(2_000)
    let results = Results()
    for _ in 0..<2 { refusing.send(try refusing.prepare(transfer())) { results.add($0) } }
    let error = #expect(throws: SendError.self) { try refusing.sendBlocking(refusing.prepare(transfer())) }
    #expect(error?.code == .full && error?.mayBeWritten == false)
    patient.send(try patient.prepare(transfer())) { results.add($0) }
    let late = #expect(throws: SendError.self) { try patient.sendBlocking(patient.prepare(transfer())) }
    #expect(late?.code == .full)
    try cluster.setRoundTrip(0)
    #expect(results.await(3).allSatisfy { if case .acknowledged = $0 { true } else { false } })
    #expect(refusing.close(within: .seconds(10)) && patient.close(within: .seconds(10)))
  }

  @Test func `says failed for what was never written, and sends the same again`() async throws {
    let producer = try producer(TransferProducer.Limits(deliveryMax: .milliseconds(700)))
    try cluster.setBrokerDown(1)
    let prepared = try producer.prepare(transfer())
    let error = await #expect(throws: SendError.self) { try await producer.send(prepared) }
    #expect(error?.code == .failed && error?.request == prepared)
    try cluster.setBrokerUp(1)
    let failure = try #require(error)
    var receipt: Receipt?
    // The client finds the broker again in its own time.
    for _ in 0..<40 where receipt == nil { receipt = try? await producer.retry(failure) }
    #expect(receipt?.partition == 2)
    let batch = try log(2)
    #expect(batch.slots.count == 1)
    #expect(batch.value(0).map(Array.init) == prepared.request.value)
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `says unknown for what may be written`() throws {
    let producer = try producer(TransferProducer.Limits(deliveryMax: .milliseconds(800)))
    // The producer's id is there by then, and the request goes out.
    _ = try producer.sendBlocking(producer.prepare(transfer()))
    try cluster.setRoundTrip(4_000)
    let error = #expect(throws: SendError.self) { try producer.sendBlocking(producer.prepare(transfer())) }
    #expect(error?.code == .unknown && error?.mayBeWritten == true)
    try cluster.setRoundTrip(0)
    producer.close(within: .seconds(10))
  }

  @Test func `gives what it cannot finish one result when it is closed, and takes no more`() throws {
    let producer = try producer(TransferProducer.Limits(inFlightMax: 100))
    _ = try producer.sendBlocking(producer.prepare(transfer()))
    try cluster.setRoundTrip(20_000)
    let results = Results()
    for number in 0..<50 {
      producer.send(try producer.prepare(transfer("acct-\(number)"))) { results.add($0) }
    }
    producer.close(within: .milliseconds(300))
    #expect(results.now.count == 50)
    #expect(results.now.allSatisfy { if case .acknowledged = $0 { false } else { true } })
    let error = #expect(throws: SendError.self) { try producer.sendBlocking(producer.prepare(transfer())) }
    #expect(error?.code == .closed)
    try cluster.setRoundTrip(0)
  }

  @Test func `lets those who wait for a place go when it is closed`() async throws {
    let producer = try producer(TransferProducer.Limits(inFlightMax: 1, whenFull: .wait(.seconds(60))))
    _ = try await producer.send(producer.prepare(transfer()))
    try cluster.setRoundTrip(20_000)
    let results = Results()
    producer.send(try producer.prepare(transfer())) { results.add($0) }
    let request = try producer.prepare(transfer())
    async let waiting = Self.code { () async throws(SendError) in try await producer.send(request) }
    producer.close(within: .milliseconds(300))
    #expect(await waiting == .closed)
    #expect(results.await(1).count == 1)
    try cluster.setRoundTrip(0)
  }

  private static func code(_ send: () async throws(SendError) -> Receipt) async -> SendError.Code? {
    do throws(SendError) {
      _ = try await send()
      return nil
    } catch {
      return error.code
    }
  }

  @Test(arguments: [
    ("transactional.id", "t"), ("enable.idempotence", "false"), ("acks", "1"), ("request.required.acks", "0"),
    ("no.such.property", "1"),
  ]) func `refuses a property that would break its promise`(_ name: String, _ value: String) {
    let error = #expect(throws: KafkaError.self) {
      try TransferProducer(configuration: configuration.with([name: value]), topic: "transfers")
    }
    #expect(error?.code == KafkaError.Code.invalidArgument)
  }

  @Test func `is not made for a topic that does not exist, or without a broker`() throws {
    cluster.setTopicError("absent", code: KafkaError.Code.unknownTopicOrPartition)
    let absent = #expect(throws: KafkaError.self) {
      try TransferProducer(configuration: configuration, topic: "absent")
    }
    #expect(absent?.code == KafkaError.Code.unknownTopicOrPartition)
    try cluster.setBrokerDown(1)
    let silent = #expect(throws: KafkaError.self) {
      try TransferProducer(configuration: configuration, topic: "transfers", within: .milliseconds(500))
    }
    #expect(silent?.isRetriable == true)
  }
}
