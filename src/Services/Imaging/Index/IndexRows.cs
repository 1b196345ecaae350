using System.Data.Common;

namespace Yunnao.Services.Imaging.Index;

/// <summary>The rows of a statement, of which as many are read as are wanted. A server that would still send the others is told to stop.</summary>
internal sealed class IndexRows(DbCommand command, bool isLimited) : IDisposable
{
    private readonly DbDataReader _reader = command.ExecuteReader();
    private bool _ended = isLimited;

    public DbDataReader Reader => _reader;

    /// <summary>Stands on the next row; false at the end.</summary>
    public bool Next()
    {
        var there = _reader.Read();
        _ended |= !there;
        return there;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_ended) command.Cancel();
        try
        {
            _reader.Dispose();
        }
        catch (DbException) when (!_ended)
        {
            // So it tells that it has stopped.
        }
    }
}
