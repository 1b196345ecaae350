using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Yunnao.Lake.DuckDb;

/// <summary>
/// Long work on a thread of its own that gives way to others. The engine works a statement on the thread that asked for it and on its pool; with the one
/// giving way, an interactive read finds a core at once, and on an idle machine nothing is lost.
/// </summary>
internal static partial class QuietThread
{
    private const int OfThread = 0, Own = 0, Niceness = 10;

    /// <summary>Runs <paramref name="work"/> to its end on a new thread.</summary>
    public static Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Runs short work on such a thread and waits for it.</summary>
    public static void Do(Action work)
    {
        ExceptionDispatchInfo? failed = null;
        Start(() =>
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                failed = ExceptionDispatchInfo.Capture(e);
            }
        }).Join();
        failed?.Throw();
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() =>
        {
            // On Linux a thread has a niceness of its own; elsewhere the runtime has priorities. The thread ends with the work, because nobody may take niceness back.
            if (OperatingSystem.IsLinux()) _ = SetPriority(OfThread, Own, Niceness);
            else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
            work();
        }) { IsBackground = true, Name = "quiet" };
        thread.Start();
        return thread;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
