import { expect, test } from 'vitest';
import {
  hasOwnAddress,
  markVariable,
  setsAddress,
  trackingVariable,
} from '../../../src/client/ownTrackingAddress.ts';

test('an address is the user’s own unless it carries our mark', () => {
  expect(hasOwnAddress({})).toBe(false);
  expect(hasOwnAddress({ [trackingVariable]: '' })).toBe(false);
  expect(hasOwnAddress({ [trackingVariable]: 'http://a' })).toBe(true);
  // A window that was opened from a terminal of another folder.
  expect(hasOwnAddress({ [trackingVariable]: 'http://a', [markVariable]: 'http://a' })).toBe(false);
  expect(hasOwnAddress({ [trackingVariable]: 'http://b', [markVariable]: 'http://a' })).toBe(true);
});

test.each([
  ['MLFLOW_TRACKING_URI=http://a', true],
  ['A=1\n  export MLFLOW_TRACKING_URI = "http://a"\nB=2', true],
  ['A=1\r\nMLFLOW_TRACKING_URI=x\r\n', true],
  ['# MLFLOW_TRACKING_URI=http://a', false],
  ['MLFLOW_TRACKING_URI=', false],
  ['MLFLOW_TRACKING_URI=\nA=1', false],
  ['MY_MLFLOW_TRACKING_URI=http://a', false],
  ['', false],
])('the file %j sets an address: %s', (text, expected) => {
  expect(setsAddress(text)).toBe(expected);
});
