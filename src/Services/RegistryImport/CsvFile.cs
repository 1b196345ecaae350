using System.Text;
using Yunnao.Kernel;

namespace Yunnao.Services.RegistryImport;

/// <summary>A registry file as we write it: UTF-8 without a mark, comma-separated, line feeds.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly StreamWriter _writer;

    public CsvFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
    }

    public void Write(IEnumerable<string> cells)
    {
        var first = true;
        foreach (var cell in cells)
        {
            if (!first) _writer.Write(',');
            _writer.Write(CsvCell.Write(cell));
            first = false;
        }

        _writer.WriteLine();
    }

    public void Dispose() => _writer.Dispose();
}
