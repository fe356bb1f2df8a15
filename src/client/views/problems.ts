import * as vscode from 'vscode';
import { errorShape } from '../../base/errors.ts';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import { commands } from '../contributions.ts';
import type { Services } from '../service/services.ts';

export interface ProblemNode {
  readonly kind: 'problem';
  readonly message: string;
}

/** What else a tree says above its rows. */
interface ViewNote {
  readonly note: string | undefined;
  readonly onDidChange: vscode.Event<void>;
}

/**
 * Why a tree has nothing to show. The sentence wraps above the tree, where a row would cut it off;
 * of several folders each has its row, because the sentence is about one of them.
 */
export class Problems implements Disposable {
  readonly #services: Services;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<string | undefined>());

  #problem: string | undefined;
  #remark: string | undefined;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Where nothing is wrong, the note of the tree has the place. */
  showOn(view: vscode.TreeView<unknown>, note?: ViewNote): void {
    let problem: string | undefined;
    const show = () => {
      view.message = problem ?? note?.note;
    };
    show();
    this.#disposables.add(
      this.#changed.event((sentence) => {
        problem = sentence;
        show();
      }),
    );
    if (note) {
      this.#disposables.add(note.onDidChange(show));
    }
  }

  /** A sentence about what is shown all the same; a problem goes before it. */
  remark(sentence: string | undefined): void {
    this.#remark = sentence;
    this.#tell();
  }

  /** The nodes that `fetch` gives; while it fails, what says so. */
  async around<Node>(fetch: () => Promise<Node[]>): Promise<(Node | ProblemNode)[]> {
    const isAlone = this.#services.all.length === 1;
    try {
      const nodes = await fetch();
      this.#say(undefined);
      return nodes;
    } catch (error) {
      const { message } = errorShape(error);
      this.#say(isAlone ? message : undefined);
      return isAlone ? [] : [{ kind: 'problem', message }];
    }
  }

  /** A row under its parent: what a tree throws, VS Code puts into a notification that nobody asked for. */
  async below<Node>(fetch: () => Promise<Node[]>): Promise<(Node | ProblemNode)[]> {
    return fetch().catch((error: unknown) => [{ kind: 'problem', message: errorShape(error).message }]);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #say(problem: string | undefined): void {
    this.#problem = problem;
    this.#tell();
  }

  #tell(): void {
    this.#changed.fire(this.#problem ?? this.#remark);
  }
}

export function problemItem(message: string): vscode.TreeItem {
  const item = new vscode.TreeItem(message);
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.tooltip = message;
  item.command = { command: commands.serviceShowLog, title: 'Show Log' };
  return item;
}
