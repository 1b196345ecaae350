using System.Globalization;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb;

/// <summary>
/// How many threads the engine computes on. Loading, exports and questions over many persons take all of them. A page of one person is done
/// soonest by the thread that asks: with others the engine hands the task over and its caller turns in a loop until it is back, which costs a
/// server more processor time than the page. The number is one for the whole engine, so it is narrow only while nothing wide runs.
/// </summary>
/// <param name="most">Threads of wide work; 1 where the number is fixed.</param>
internal sealed class Workers(ConnectionPool pool, int most)
{
    /// <summary>Ending and starting threads costs as much as a page: they stay for so long after the last wide work.</summary>
    private const int QuietMilliseconds = 1000;

    private readonly Lock _gate = new();
    private int _running;
    private long _lastWide = Environment.TickCount64;
    private volatile bool _narrow;

    /// <summary>Wide work begins.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _running++;
            if (_narrow) Set(narrow: false);
        }
    }

    /// <summary>Wide work has ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            _running--;
            _lastWide = Environment.TickCount64;
        }
    }

    /// <summary>Before a page of one person.</summary>
    public void BeforePage()
    {
        if (_narrow || most == 1) return;
        lock (_gate)
        {
            if (!_narrow && _running == 0 && Environment.TickCount64 - _lastWide >= QuietMilliseconds) Set(narrow: true);
        }
    }

    private void Set(bool narrow)
    {
        if (!pool.Rent().Try(out var connection, out _)) return;
        try
        {
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"SET GLOBAL threads = {(narrow ? 1 : most)}"));
            _narrow = narrow;
        }
        finally
        {
            pool.Return(connection);
        }
    }
}
