export type Settings = Readonly<Record<string, unknown>>;

/** The themes a page must look right in, by the ids and labels of VS Code 1.139's default ones. */
export const themes = {
  light: { id: 'Light 2026', label: 'Light 2026', className: 'vs' },
  dark: { id: 'Dark 2026', label: 'Dark 2026', className: 'vs-dark' },
  'high-contrast': { id: 'Default High Contrast', label: 'Dark High Contrast', className: 'hc-black' },
  'high-contrast-light': {
    id: 'Default High Contrast Light',
    label: 'Light High Contrast',
    className: 'hc-light',
  },
} as const;

export type ThemeName = keyof typeof themes;

/** User settings that keep everything out of the picture that is not ours, and nothing asking or phoning. */
export const quietSettings: Settings = {
  'workbench.colorTheme': themes.dark.id,
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,

  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.tips.enabled': false,
  'update.showReleaseNotes': false,
  'update.mode': 'none',

  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'chat.titleBar.signIn.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',

  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'window.menuBarVisibility': 'compact',
  'window.confirmBeforeClose': 'never',

  'telemetry.telemetryLevel': 'off',
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.remoteIndicator.showExtensionRecommendations': false,
  'remote.autoForwardPorts': false,
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
  'npm.fetchOnlinePackageInfo': false,

  'workbench.reduceMotion': 'on',
  'workbench.list.smoothScrolling': false,
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'files.autoSave': 'off',
};

/** Makes VS Code open folders in Restricted Mode at once, without the question that covers the window. */
export const restrictedModeSettings: Settings = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.untrustedFiles': 'open',
};
