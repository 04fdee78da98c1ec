// Transactions of a producer with a `transactional.id`.

internal import CLibrdkafka

extension Producer {
  /// Registers the transactional id and fences earlier producers of it. Once, before the first transaction.
  public func initTransactions(timeout: Duration) throws(KafkaError) {
    try transact { unsafe rd_kafka_init_transactions($0, timeout.milliseconds) }
  }

  /// Begins a transaction.
  public func beginTransaction() throws(KafkaError) {
    try transact { unsafe rd_kafka_begin_transaction($0) }
  }

  /// Flushes and commits. An error with `requiresAbort` asks for `abortTransaction`; a retriable one for
  /// the same call again.
  public func commitTransaction(timeout: Duration) throws(KafkaError) {
    try transact { unsafe rd_kafka_commit_transaction($0, timeout.milliseconds) }
  }

  /// Purges and aborts.
  public func abortTransaction(timeout: Duration) throws(KafkaError) {
    try transact { unsafe rd_kafka_abort_transaction($0, timeout.milliseconds) }
  }

  @safe
  private func transact(_ call: (OpaquePointer) -> OpaquePointer?) throws(KafkaError) {
    try client.require { client throws(KafkaError) in
      if let error = unsafe KafkaError.taking(call(client)) { throw error }
    }
  }
}
