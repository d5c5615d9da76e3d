import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * The names that an entry file exports, sorted: `type Batch`, `value toBatchTensors`.
 *
 * @param {string} file A src/index.ts.
 * @throws {Error} when it holds anything but explicit re-exports (and imports for their effect).
 */
export function publicExports(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  return source.statements
    .flatMap((statement) => {
      if (ts.isImportDeclaration(statement) && statement.importClause === undefined) return [];
      if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
        return statement.exportClause.elements.map(
          ({ name, isTypeOnly }) => `${statement.isTypeOnly || isTypeOnly ? 'type' : 'value'} ${name.text}`,
        );
      }
      throw new Error(
        `${file}: an entry file holds explicit re-exports only; found: ${statement.getText().slice(0, 80)}`,
      );
    })
    .toSorted();
}
