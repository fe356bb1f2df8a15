@echo off
setlocal
set ELECTRON_RUN_AS_NODE=1
if not defined MLOPS_NODE set MLOPS_NODE=node
"%MLOPS_NODE%" "%~dp0..\mlops.mjs" %*
