import type { ColumnType, Default, Generated } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    import: {
      instanceId: Generated<string>
      id: Generated<string>
      createdBy: string
      runBy: string | null
      fileName: string
      state: Default<'reading' | 'mapping' | 'checking' | 'checked' | 'running' | 'done' | 'failed' | 'undone'>
      onExisting: Default<'skip' | 'update' | 'refuse'>
      headerRow: number | null
      /** For each column the field that it holds, if any. */
      mapping: ColumnType<unknown[], string | undefined, string>
      sheets: ColumnType<string[], string | undefined, string>
      sheet: ColumnType<string | null, string | null | undefined, string | null>
      encoding: ColumnType<string | null, string | null | undefined, string | null>
      nameOrder: Default<'first_last' | 'last_first'>
      worker: string | null
      heartbeatAt: Date | null
      failReason: string | null
      createdAt: Generated<Date>
      startedAt: Date | null
      finishedAt: Date | null
      undoneAt: Date | null
    }
    importRow: {
      instanceId: Generated<string>
      importId: string
      rowNumber: number
      cells: Buffer | null
      fields: Record<string, unknown> | null
      verdict: 'create' | 'change' | 'skip' | 'refused' | null
      problems: Default<unknown[]>
      outcome: 'created' | 'changed' | 'skipped' | 'refused' | null
      accountId: string | null
      changes: Record<string, [unknown, unknown]> | null
    }
  }
}
