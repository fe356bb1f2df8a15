import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import { contextKeys } from '../contributions.ts';

const stateKey = 'experiments.filter';

/** Which runs the Experiments tree shows: an expression of the search language, kept with the workspace. */
export class RunFilter implements Disposable {
  readonly #state: vscode.Memento;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
    this.#setContext();
  }

  /** Undefined: all runs. */
  get expression(): string | undefined {
    return this.#state.get<string>(stateKey);
  }

  /** What stands above the tree while not everything is shown. */
  get note(): string | undefined {
    return this.expression && `Filter: ${this.expression}`;
  }

  async change(expression: string | undefined): Promise<void> {
    await this.#state.update(stateKey, expression?.trim() || undefined);
    this.#setContext();
    this.#changed.fire();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #setContext(): void {
    void vscode.commands.executeCommand(
      'setContext',
      contextKeys.experimentsFiltered,
      this.expression !== undefined,
    );
  }
}
