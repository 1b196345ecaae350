using System.Globalization;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb;

/// <summary>
/// How many threads the engine computes on. Loading, exports and questions over many persons take all of them. A page of one person is done
/// soonest by the thread that asks: with others the engine hands the task over and its caller turns in a loop until it is back, which costs a
/// server more processor time than the page. The number is one for the whole engine, so it is narrow only while nothing wide runs. The engine's
/// threads give way to the threads that ask (<see cref="QuietThread"/>): beside an export a page finds a core at once.
/// </summary>
internal sealed class Workers
{
    /// <summary>Ending and starting threads costs as much as a page: they stay for so long after the last wide work.</summary>
    private const int QuietMilliseconds = 1000;

    private readonly ConnectionPool _pool;
    private readonly int _most;
    private readonly Lock _gate = new();
    private int _running;
    private long _lastWide = Environment.TickCount64;
    private volatile bool _narrow;

    /// <param name="most">Threads of wide work; 1 where the number is fixed.</param>
    public Workers(ConnectionPool pool, int most)
    {
        (_pool, _most) = (pool, most);
        if (most == 1) return;

        // Those that the engine was opened with give way to nobody.
        Set(narrow: true);
        Set(narrow: false);
    }

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

    /// <summary>Before a page of one person, or other work that one thread does soonest.</summary>
    public void BeforeShort()
    {
        if (_narrow || _most == 1) return;
        lock (_gate)
        {
            if (!_narrow && _running == 0 && Environment.TickCount64 - _lastWide >= QuietMilliseconds) Set(narrow: true);
        }
    }

    private void Set(bool narrow)
    {
        if (!_pool.Rent().Try(out var connection, out _)) return;
        try
        {
            // A new thread is as quiet as the one that starts it, which is the one that first asks with the new number.
            QuietThread.Do(() =>
            {
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"SET GLOBAL threads = {(narrow ? 1 : _most)}"));
                connection.Execute("SELECT 1");
            });
            _narrow = narrow;
        }
        finally
        {
            _pool.Return(connection);
        }
    }
}
