import * as vscode from 'vscode';
import { KeyBook } from '../keys/keyBook.ts';
import { Anonymisation } from './anonymisation.ts';
import { tellApplied } from './appliedNews.ts';
import { registerCodeLens } from './codeLens.ts';
import { anonymiseCommands } from './commands/anonymise.ts';
import { registerCommands } from './commands/commandTable.ts';
import { datasetCommands } from './commands/datasets.ts';
import { filterCommands } from './commands/filterRuns.ts';
import { importCommands } from './commands/import.ts';
import { keyCommands } from './commands/keys.ts';
import { runLifeCommands } from './commands/runLife.ts';
import { runCommands } from './commands/runs.ts';
import { serviceCommands } from './commands/service.ts';
import { trackingCommands } from './commands/tracking.ts';
import { views } from './contributions.ts';
import { showError } from './errors.ts';
import { createLog } from './log.ts';
import { Panels } from './panels/panels.ts';
import { registerRecipeCompletion } from './recipeCompletion.ts';
import { RemoteServers } from './remoteServers.ts';
import { Services } from './service/services.ts';
import { createStatus } from './status.ts';
import { offerCommandLine } from './terminals.ts';
import { TrackingEnvironment } from './trackingEnvironment.ts';
import { DatasetsTree } from './views/datasetsTree.ts';
import { ExperimentsTree } from './views/experimentsTree.ts';
import { offerImport } from './views/importOffer.ts';
import { RunFilter } from './views/runFilter.ts';
import { watchData } from './views/watchData.ts';

/** Builds, registers and returns: nothing is started or read here. The first look or command starts the service. */
export function activate(context: vscode.ExtensionContext): void {
  const register = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const log = register(createLog());
  const program = {
    node: process.execPath,
    script: context.asAbsolutePath('dist/service/main.cjs'),
  };
  const remoteServers = register(new RemoteServers(context.secrets));
  const services = register(
    new Services(program, context.extension.packageJSON.version, log, (folder, connection) =>
      remoteServers.prepare(folder, connection),
    ),
  );
  remoteServers.watch(services);
  const filter = register(new RunFilter(context.workspaceState));
  const experiments = register(new ExperimentsTree(services, filter, context.workspaceState));
  const datasets = register(new DatasetsTree(services));
  const anonymisation = new Anonymisation(
    register(new KeyBook(context.secrets, context.globalState)),
    (client, recipe, applied) => tellApplied(client, recipe, applied).catch(showError),
  );
  const panels = register(new Panels(context.extensionUri, services, anonymisation));

  const experimentsView = register(
    vscode.window.createTreeView(views.experiments, {
      treeDataProvider: experiments,
      canSelectMany: true,
      showCollapseAll: true,
    }),
  );
  experiments.problems.showOn(experimentsView, filter);
  register(offerImport(experimentsView));
  datasets.problems.showOn(
    register(
      vscode.window.createTreeView(views.datasets, { treeDataProvider: datasets, showCollapseAll: true }),
    ),
  );
  register(registerCommands(runCommands({ services, panels, tree: experiments })));
  register(registerCommands(importCommands({ services, tree: experiments })));
  register(registerCommands(filterCommands({ services, filter })));
  const selection = () => experimentsView.selection;
  register(registerCommands(runLifeCommands({ services, panels, selection })));
  register(registerCommands(datasetCommands({ services, panels, tree: datasets })));
  register(registerCommands(anonymiseCommands({ services, panels, anonymisation })));
  register(registerCommands(keyCommands({ services, anonymisation })));
  register(registerCommands(serviceCommands({ services, log })));
  register(registerCommands(trackingCommands({ remoteServers })));
  register(remoteServers.onDidChange(() => experiments.problems.remark(remoteServers.problem)));
  register(remoteServers.onDidSwitch(() => experiments.refresh()));
  register(registerCodeLens());
  register(registerRecipeCompletion(context.asAbsolutePath('media/anonymise.schema.json')));
  register(createStatus(services, remoteServers));
  register(watchData(datasets));
  offerCommandLine(context);
  register(new TrackingEnvironment(services, context.environmentVariableCollection, process.env));
}
