import { validate as arCuit } from 'stdnum/lib/cjs/ar/cuit.js';
import { validate as arDni } from 'stdnum/lib/cjs/ar/dni.js';
import { validate as brCpf } from 'stdnum/lib/cjs/br/cpf.js';
import { validate as caSin } from 'stdnum/lib/cjs/ca/sin.js';
import { validate as clRun } from 'stdnum/lib/cjs/cl/run.js';
import { validate as cuNi } from 'stdnum/lib/cjs/cu/ni.js';
import { validate as doCedula } from 'stdnum/lib/cjs/do/cedula.js';
import { validate as ecCi } from 'stdnum/lib/cjs/ec/ci.js';
import { validate as gtCui } from 'stdnum/lib/cjs/gt/cui.js';
import { validate as mxCurp } from 'stdnum/lib/cjs/mx/curp.js';
import { validate as mxRfc } from 'stdnum/lib/cjs/mx/rfc.js';
import { validate as peCui } from 'stdnum/lib/cjs/pe/cui.js';
import { validate as uyCedula } from 'stdnum/lib/cjs/uy/cedula.js';
import type { Detector } from '../../detector.ts';
import { type NumberRow, numberDetector } from './numberRow.ts';

// Each validator is imported from its own file: the package as a whole cannot be shaken.
const rows: readonly NumberRow[] = [
  {
    id: 'ca.sin',
    title: 'Canadian social insurance numbers',
    pattern: /^[1-79]\d{2}[ -]?\d{3}[ -]?\d{3}$/,
    check: caSin,
    chance: 0.11,
    headers: ['sin', 'social insurance', 'social insurance number', 'nas', 'numero assurance sociale'],
  },
  {
    id: 'br.cpf',
    title: 'Brazilian CPF numbers',
    pattern: /^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/,
    check: brCpf,
    chance: 0.012,
    width: 11,
    headers: ['cpf', 'documento'],
  },
  {
    id: 'ar.cuit',
    title: 'Argentinian CUIT and CUIL numbers',
    pattern: /^(20|2[3-7]|3[034]|5[0-1])-?\d{8}-?\d$/,
    check: arCuit,
    chance: 0.1,
    entity: 'taxId',
    headers: ['cuit', 'cuil'],
  },
  {
    id: 'ar.dni',
    title: 'Argentinian identity numbers (DNI)',
    pattern: /^\d{1,2}\.?\d{3}\.?\d{3}$/,
    check: arDni,
    chance: 1,
    alone: 0,
    headers: ['dni', 'documento', 'documento de identidad'],
  },
  {
    id: 'cl.run',
    title: 'Chilean national numbers (RUN, RUT)',
    pattern: /^\d{1,2}\.?\d{3}\.?\d{3}-?[\dK]$/i,
    check: (value) => clRun(value.replaceAll('.', '')),
    chance: 0.1,
    alone: 0.8,
    headers: ['rut', 'run', 'rol unico'],
  },
  {
    id: 'mx.curp',
    title: 'Mexican population codes (CURP)',
    pattern: /^[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d$/i,
    check: mxCurp,
    chance: 0.02,
    headers: ['curp'],
  },
  {
    id: 'mx.rfc',
    title: 'Mexican tax codes (RFC)',
    pattern: /^[A-ZÑ&]{3,4}[ -]?\d{6}[ -]?[A-Z0-9]{2}[0-9A]$/i,
    check: mxRfc,
    chance: 0.05,
    entity: 'taxId',
    headers: ['rfc'],
  },
  {
    id: 'ec.ci',
    title: 'Ecuadorian identity numbers',
    pattern: /^[0-3]\d{9}$/,
    check: ecCi,
    chance: 0.05,
    width: 10,
    headers: ['cedula', 'ci', 'cedula de identidad', 'identificacion'],
  },
  {
    id: 'uy.cedula',
    title: 'Uruguayan identity numbers',
    pattern: /^\d\.?\d{3}\.?\d{3}-?\d$/,
    check: uyCedula,
    chance: 0.1,
    alone: 0.6,
    headers: ['cedula', 'ci', 'cedula de identidad'],
  },
  {
    id: 'do.cedula',
    title: 'Dominican identity numbers',
    pattern: /^\d{3}-?\d{7}-?\d$/,
    check: doCedula,
    chance: 0.095,
    width: 11,
    alone: 0.6,
    headers: ['cedula'],
  },
  {
    id: 'gt.cui',
    title: 'Guatemalan identity numbers (CUI)',
    pattern: /^\d{4}[ ]?\d{5}[ ]?\d{4}$/,
    check: gtCui,
    chance: 0.004,
    headers: ['cui', 'dpi'],
  },
  {
    id: 'cu.ni',
    title: 'Cuban identity numbers',
    pattern: /^\d{11}$/,
    check: cuNi,
    chance: 0.035,
    width: 11,
    alone: 0.5,
    headers: ['carnet de identidad', 'ci', 'carne de identidad'],
  },
  {
    id: 'pe.cui',
    title: 'Peruvian identity numbers',
    pattern: /^\d{8}-?\d$/,
    check: peCui,
    chance: 0.1,
    alone: 0.4,
    headers: ['dni', 'cui'],
  },
];

/** National numbers of persons: the Americas but the United States. */
export const americanNumbers: readonly Detector[] = rows.map(numberDetector);
