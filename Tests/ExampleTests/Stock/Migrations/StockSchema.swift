import TellerPostgres

extension SchemaHistory {
  /// The warehouse's schema. It stands beside the engine's, which is migrated first.
  static let stock = SchemaHistory(
    schema: "stock",
    migrations: [Migration(number: 1, name: "stock", sql: Array(firstStep.utf8), programMin: 1)], schemaMin: 1
  )

  /// Never edited after release: what changes later is a step of its own.
  private static let firstStep = """
    create table stock.warehouse (
      name text collate "C" primary key
    );
    create table stock.shelf (
      sku text collate "C" not null,
      warehouse text collate "C" not null,
      on_hand int8 not null,
      primary key (sku, warehouse),
      -- The last line of defence: no code path can sell what is not there.
      constraint on_hand_is_not_negative check (on_hand >= 0),
      constraint a_shelf_has_an_end check (on_hand <= 1000000),
      -- The handler never looks at warehouses: the database checks them at the end of the handler's part.
      constraint warehouse_exists foreign key (warehouse) references stock.warehouse
        deferrable initially deferred
    );
    create table stock.movement (
      partition_id int4 not null,
      "offset" int8 not null,
      sku text collate "C" not null,
      warehouse text collate "C" not null,
      quantity int4 not null,
      constraint one_movement_per_offset primary key (partition_id, "offset")
    );
    """
}
