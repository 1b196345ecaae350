@echo off
rem yunnao <command>: builds what is needed and runs it. yunnao test runs all tests. Needs the .NET 10 SDK, nothing else.
setlocal
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
where dotnet >nul 2>nul || (echo yunnao: the .NET 10 SDK is needed: https://dotnet.microsoft.com/download & exit /b 69)
if /i "%~1"=="test" goto test
dotnet publish "%~dp0src\Cli\Cli.csproj" -c Release -v q -clp:ErrorsOnly || exit /b 70
"%~dp0artifacts\publish\Cli\release\yunnao.exe" %*
exit /b %errorlevel%
:test
cd /d "%~dp0"
dotnet build Yunnao.slnx -c Release -v q -clp:ErrorsOnly || exit /b 70
dotnet test --solution Yunnao.slnx -c Release --no-build --max-parallel-test-modules 2
