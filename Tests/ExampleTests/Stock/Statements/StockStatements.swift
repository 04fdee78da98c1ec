import PostgresClient

/// The warehouse's statements.
enum StockStatements {
  /// Locks in key order, whatever the order in the arrays: two batches that share shelves queue up instead of
  /// deadlocking. The sort stands below the locking in the plan, and the sorted columns never change.
  static let lock = Statement(
    "stock_lock",
    """
    select s.sku, s.warehouse, s.on_hand
      from stock.shelf s join unnest($1, $2) as w (sku, warehouse) on (s.sku, s.warehouse) = (w.sku, w.warehouse)
     order by s.sku, s.warehouse for no key update of s
    """, .textArray, .textArray)

  static let store = Statement(
    "stock_store",
    """
    insert into stock.shelf (sku, warehouse, on_hand)
    select u.sku, u.warehouse, u.on_hand from unnest($1, $2, $3) as u (sku, warehouse, on_hand)
    on conflict (sku, warehouse) do update set on_hand = excluded.on_hand
    """, .textArray, .textArray, .int8Array)

  static let journal = Statement(
    "stock_journal",
    """
    insert into stock.movement (partition_id, "offset", sku, warehouse, quantity)
    select $1, u.at, u.sku, u.warehouse, u.quantity
      from unnest($2, $3, $4, $5) as u (at, sku, warehouse, quantity)
    """, .int4, .int8Array, .textArray, .textArray, .int4Array)
}
