import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { startVsCodeServer, type VsCodeServer, type VsCodeServerOptions } from './harness/vscodeServer.ts';
import { Workbench } from './harness/workbench.ts';
import { makeProject, type ProjectOptions } from './project.ts';
import { repository, type SampleProject } from './sampleProject.ts';

export type EditorOptions = Partial<
  Pick<VsCodeServerOptions, 'env' | 'extensionsDir' | 'settings' | 'workspaceTrust'>
>;

/** One VS Code server with our extension, for as many windows as a test file needs. */
export class Editor {
  readonly server: VsCodeServer;
  readonly #data: string;
  readonly #open = new Set<Workbench>();

  static async start(options: EditorOptions = {}): Promise<Editor> {
    const data = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-server-'));
    const server = await startVsCodeServer({ ...options, serverDataDir: data, extensionPath: repository });
    return new Editor(server, data);
  }

  private constructor(server: VsCodeServer, data: string) {
    this.server = server;
    this.#data = data;
  }

  async open(folder: string): Promise<Workbench> {
    const workbench = await Workbench.open({ server: this.server, folder });
    this.#open.add(workbench);
    return workbench;
  }

  async close(workbench: Workbench): Promise<void> {
    this.#open.delete(workbench);
    await workbench.close();
  }

  /** A window for one test; leaves a picture of itself when the test fails. */
  async inWindow(folder: string, act: (workbench: Workbench) => Promise<void>): Promise<void> {
    const workbench = await this.open(folder);
    try {
      await act(workbench);
    } catch (error) {
      const name = expect.getState().currentTestName?.replaceAll(/\W+/g, '-').slice(0, 80);
      await workbench.screenshot(`failed-${name}`).catch(() => undefined);
      throw error;
    }
    await this.close(workbench);
  }

  /** A folder and a window for one test. */
  async inProject(
    options: ProjectOptions,
    act: (workbench: Workbench, project: SampleProject) => Promise<void>,
  ): Promise<void> {
    const project = makeProject(options);
    try {
      await this.inWindow(project.folder, (workbench) => act(workbench, project));
    } finally {
      project.dispose();
    }
  }

  async dispose(): Promise<void> {
    try {
      await Promise.all([...this.#open].map((workbench) => this.close(workbench)));
    } finally {
      await this.server.dispose();
      fs.rmSync(this.#data, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** `<name>-dark.png` and `<name>-light.png`, whatever an earlier window left behind; dark again afterwards. */
export async function picturesInBothThemes(workbench: Workbench, name: string): Promise<void> {
  await workbench.setTheme('dark');
  await workbench.screenshot(`${name}-dark`);
  await workbench.setTheme('light');
  await workbench.screenshot(`${name}-light`);
  await workbench.setTheme('dark');
}
