import { validate as auTfn } from 'stdnum/lib/cjs/au/tfn.js';
import { validate as cnRic } from 'stdnum/lib/cjs/cn/ric.js';
import { validate as hkHkid } from 'stdnum/lib/cjs/hk/hkid.js';
import { validate as ilIdnr } from 'stdnum/lib/cjs/il/idnr.js';
import { validate as inAadhaar } from 'stdnum/lib/cjs/in/aadhaar.js';
import { validate as inPan } from 'stdnum/lib/cjs/in/pan.js';
import { validate as krRrn } from 'stdnum/lib/cjs/kr/rrn.js';
import { validate as lkNic } from 'stdnum/lib/cjs/lk/nic.js';
import { validate as muNid } from 'stdnum/lib/cjs/mu/nid.js';
import { validate as myNric } from 'stdnum/lib/cjs/my/nric.js';
import { validate as nzIrd } from 'stdnum/lib/cjs/nz/ird.js';
import { validate as pkCnic } from 'stdnum/lib/cjs/pk/cnic.js';
import { validate as thIdnr } from 'stdnum/lib/cjs/th/idnr.js';
import { validate as twNatid } from 'stdnum/lib/cjs/tw/natid.js';
import { validate as zaIdnr } from 'stdnum/lib/cjs/za/idnr.js';
import { weightedSum } from '../../checksums.ts';
import type { Detector } from '../../detector.ts';
import { type NumberRow, numberDetector } from './numberRow.ts';

// Each validator is imported from its own file: the package as a whole cannot be shaken.
const rows: readonly NumberRow[] = [
  {
    id: 'in.aadhaar',
    title: 'Indian Aadhaar numbers',
    pattern: /^[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}$/,
    check: inAadhaar,
    chance: 0.1,
    headers: ['aadhaar', 'aadhar', 'uid', 'uidai', 'adhaar'],
  },
  {
    id: 'in.pan',
    title: 'Indian permanent account numbers (PAN)',
    pattern: /^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/i,
    check: inPan,
    chance: 1,
    entity: 'taxId',
    alone: 0,
    headers: ['pan', 'pan number', 'pan card', 'permanent account number'],
  },
  {
    id: 'cn.ric',
    title: 'Chinese resident identity numbers',
    pattern: /^[1-8]\d{16}[\dX]$/i,
    check: cnRic,
    chance: 0.002,
    headers: ['身份证', '身份证号', '身份证号码', 'id card', 'ric', 'shenfenzheng', 'idcard'],
  },
  {
    id: 'kr.rrn',
    title: 'Korean resident registration numbers',
    pattern: /^\d{6}-?[0-9]\d{6}$/,
    check: krRrn,
    chance: 0.003,
    width: 13,
    headers: ['rrn', '주민등록번호', 'resident registration', 'jumin'],
  },
  {
    id: 'th.idnr',
    title: 'Thai identity numbers',
    pattern: /^[1-8]-?\d{4}-?\d{5}-?\d{2}-?\d$/,
    check: thIdnr,
    chance: 0.1,
    headers: ['เลขประจำตัวประชาชน', 'thai id', 'citizen id', 'national id'],
  },
  {
    id: 'tw.natid',
    title: 'Taiwanese identity numbers',
    pattern: /^[A-Z][12]\d{8}$/i,
    check: twNatid,
    chance: 0.11,
    headers: ['身分證', '身分證字號', 'national id', 'id number'],
  },
  {
    id: 'hk.hkid',
    title: 'Hong Kong identity cards',
    pattern: /^[A-Z]{1,2}\d{6}\(?[0-9A]\)?$/i,
    check: hkHkid,
    chance: 0.1,
    headers: ['hkid', '身份證', 'id card'],
  },
  {
    id: 'sg.nric',
    title: 'Singaporean identity numbers (NRIC, FIN)',
    pattern: /^[STFGM]\d{7}[A-Z]$/i,
    check: (value) => ({ isValid: passesNric(value.toUpperCase()) }),
    chance: 0.05,
    headers: ['nric', 'fin', 'nric no', 'nric number', 'ic'],
  },
  {
    id: 'ng.nin',
    title: 'Nigerian national numbers (NIN) or bank verification numbers (BVN)',
    pattern: /^\d{11}$/,
    check: () => ({ isValid: true }),
    chance: 1,
    alone: 0,
    headers: ['nin', 'bvn', 'national identification number'],
  },
  {
    id: 'my.nric',
    title: 'Malaysian identity card numbers',
    pattern: /^\d{6}-?\d{2}-?\d{4}$/,
    check: myNric,
    chance: 0.04,
    width: 12,
    alone: 0.6,
    headers: ['nric', 'mykad', 'ic', 'ic number', 'kad pengenalan'],
  },
  {
    id: 'lk.nic',
    title: 'Sri Lankan identity cards',
    pattern: /^(\d{9}[VX]|[12]\d{11})$/i,
    check: lkNic,
    chance: 0.8,
    alone: 0,
    headers: ['nic', 'nic no', 'nic number'],
  },
  {
    id: 'pk.cnic',
    title: 'Pakistani identity cards (CNIC)',
    pattern: /^\d{5}-?\d{7}-?\d$/,
    check: pkCnic,
    chance: 0.65,
    alone: 0,
    headers: ['cnic', 'nic'],
  },
  {
    id: 'il.idnr',
    title: 'Israeli identity numbers',
    pattern: /^\d{9}$/,
    check: ilIdnr,
    chance: 0.11,
    width: 9,
    alone: 0.6,
    headers: ['teudat zehut', 'zehut', 'תעודת זהות', 'israeli id'],
  },
  {
    id: 'za.idnr',
    title: 'South African identity numbers',
    pattern: /^\d{6}[ ]?\d{4}[ ]?[01]\d[ ]?\d$/,
    check: zaIdnr,
    chance: 0.008,
    width: 13,
    headers: ['sa id', 'id number', 'idno', 'id no', 'rsa id'],
  },
  {
    id: 'mu.nid',
    title: 'Mauritian national identifiers',
    pattern: /^[A-Z]\d{12}[0-9A-Z]$/i,
    check: muNid,
    chance: 0.02,
    headers: ['nid', 'national id'],
  },
  {
    id: 'au.tfn',
    title: 'Australian tax file numbers',
    pattern: /^\d{3}[ ]?\d{3}[ ]?\d{2,3}$/,
    check: auTfn,
    chance: 0.1,
    width: 9,
    entity: 'taxId',
    alone: 0.8,
    headers: ['tfn', 'tax file number', 'tax file'],
  },
  {
    id: 'nz.ird',
    title: 'New Zealand IRD numbers',
    pattern: /^\d{2,3}-?\d{3}-?\d{3}$/,
    check: nzIrd,
    chance: 0.1,
    width: 9,
    entity: 'taxId',
    alone: 0.6,
    headers: ['ird', 'ird number', 'ird no'],
  },
];

/** National numbers of persons: Asia, the Pacific and Africa. */
export const asiaPacificAfricanNumbers: readonly Detector[] = rows.map(numberDetector);

/** Weights 2, 7, 6, 5, 4, 3, 2; the first letter adds an offset and chooses the letters of the check. */
function passesNric(value: string): boolean {
  const offset = { T: 4, G: 4, M: 3 }[value[0]!] ?? 0;
  const letters = { S: 'JZIHGFEDCBA', T: 'JZIHGFEDCBA', M: 'XWUTRQPNJLK' }[value[0]!] ?? 'XWUTRQPNMLK';
  return letters[(weightedSum(value.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11] === value[8];
}
