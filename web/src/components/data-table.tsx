import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import styles from "@/components/data-table.module.css";

export interface Column<T> {
  key: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** On a phone each row is a card: its first line, a labelled line, beside the first line, or left out. */
  phone?: "title" | "line" | "corner" | "hidden";
  align?: "end";
  /** A CSS width; the others share what is left. */
  width?: string;
}

interface DataTableProps<T> {
  /** What the table lists, for whoever does not see it. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** Opens the row: it becomes a button of its first cell and a target as a whole. */
  onOpen?: (row: T) => void;
  /** Instead of rows when there are none. */
  empty: ReactNode;
  more?: { busy: boolean; onLoad: () => void } | undefined;
}

/** A real table that turns into cards on a phone. */
export function DataTable<T>({ label, columns, rows, rowKey, onOpen, empty, more }: DataTableProps<T>) {
  const { t } = useTranslation("forms");
  if (rows.length === 0) return empty;
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-align={column.align} style={{ width: column.width }}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              data-opens={onOpen ? true : undefined}
              onClick={(event) => {
                const own =
                  event.target instanceof Element && event.target.closest("button, a, input, select, label");
                if (!own) onOpen?.(row);
              }}
            >
              {columns.map((column, index) => (
                <td
                  key={column.key}
                  data-label={column.header}
                  data-phone={column.phone ?? (index === 0 ? "title" : "line")}
                  data-align={column.align}
                >
                  {index === 0 && onOpen ? (
                    <button type="button" className={styles.open} onClick={() => onOpen(row)}>
                      {column.cell(row)}
                    </button>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more && (
        <div className={styles.more}>
          <Button variant="quiet" busy={more.busy} onClick={more.onLoad}>
            {t(more.busy ? "table.loadingMore" : "table.more")}
          </Button>
        </div>
      )}
    </div>
  );
}
