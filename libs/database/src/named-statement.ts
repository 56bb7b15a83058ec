import pg from 'pg';

type Wire = string | Buffer | null;

/** As pg writes a value that a statement is given; what it cannot write it throws an error for. */
const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => Wire } }).utils;

/** A connection, as pg hands it to a query. */
interface Connection {
  stream: { cork(): void; uncork(): void };
  parse(statement: { name: string; text: string }): void;
  bind(values: { statement: string; values: Wire[] }): void;
  describe(portal: { type: 'P'; name: string }): void;
  execute(portal: object): void;
  sync(): void;
}

interface Column {
  name: string;
  read: (text: string) => unknown;
}

/** The columns of what each connection has answered before, by the names of statements. */
const known = new WeakMap<Connection, Map<string, Column[]>>();

/**
 * A prepared statement that asks what its rows look like once for each connection, where pg's own asks each time: half of
 * what a statement of the hot path costs here. pg runs it as it runs a cursor, by the methods below.
 */
export class NamedStatement<Row> {
  /** Set by pg. */
  callback!: (error?: Error, rows?: Row[]) => void;
  private readonly values: Wire[];
  private readonly rows: Row[] = [];
  private columns?: Column[];
  private remember!: (columns: Column[]) => void;

  constructor(
    readonly name: string,
    readonly text: string,
    values: unknown[],
  ) {
    this.values = values.map((value) => prepareValue(value));
  }

  submit(connection: Connection): void {
    const statements = known.get(connection) ?? new Map<string, Column[]>();
    this.columns = statements.get(this.name);
    this.remember = (columns) => known.set(connection, statements.set(this.name, columns));
    connection.stream.cork();
    if (!this.columns) connection.parse(this);
    connection.bind({ statement: this.name, values: this.values });
    if (!this.columns) connection.describe({ type: 'P', name: '' });
    connection.execute({});
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: pg.types.getTypeParser(dataTypeID, 'text') as Column['read'],
    }));
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const row: Record<string, unknown> = {};
    this.columns!.forEach(({ name, read }, nth) => {
      const text = fields[nth]!;
      row[name] = text === null ? null : read(text);
    });
    this.rows.push(row as Row);
  }

  handleCommandComplete(): void {
    this.remember(this.columns ?? []);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(undefined, this.rows);
  }
}
